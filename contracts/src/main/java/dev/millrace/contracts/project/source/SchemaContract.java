package dev.millrace.contracts.project.source;

/**
 * What happens when a record does not fit the tables as they are; dlt's words and meaning.
 *
 * @param tables a stream that has no table yet
 * @param columns a value that has no column yet
 * @param dataType a value that its column cannot hold
 */
public record SchemaContract(Mode tables, Mode columns, Mode dataType) {

    /** Everything evolves: the default. */
    public static final SchemaContract EVOLVE = all(Mode.EVOLVE);

    public static SchemaContract all(Mode mode) {
        return new SchemaContract(mode, mode, mode);
    }

    /** How strictly a schema is held. */
    public enum Mode {
        /** The schema follows the data. */
        EVOLVE,
        /** The record is quarantined. */
        FREEZE,
        /** The record is left out, and counted. */
        DISCARD_ROW,
        /** The value is left out, and counted; the rest of the record lands. */
        DISCARD_VALUE,
        /** The record is quarantined until somebody approves or rejects the change. */
        REVIEW
    }

    /** Whether somebody has to decide on changes of some kind. */
    public boolean reviews() {
        return tables == Mode.REVIEW || columns == Mode.REVIEW || dataType == Mode.REVIEW;
    }
}
