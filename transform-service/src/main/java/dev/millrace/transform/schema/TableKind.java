package dev.millrace.transform.schema;

/** How landing writes a table, which decides the columns that it has besides the payload's. */
public enum TableKind {
    /** Rows are added, each identity once. */
    APPENDED,
    /** A row for each identity, whose columns follow their newest values. */
    MERGED,
    /** A row for each key, as its newest change has it; a delete removes it. */
    KEYED,
    /** The same, and a delete marks the row. */
    KEYED_SOFTLY,
    /** A row for each version of each key. */
    VERSIONED,
    /** The rows of one load, until those of the next one take their place. */
    REPLACED;

    /** Whether each record is a row, whatever others there are. */
    public boolean isOfRecords() {
        return this == APPENDED || this == REPLACED;
    }

    /** Whether changes make the rows. */
    public boolean isChanged() {
        return this == KEYED || this == KEYED_SOFTLY || this == VERSIONED;
    }
}
