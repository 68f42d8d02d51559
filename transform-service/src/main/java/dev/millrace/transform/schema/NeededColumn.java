package dev.millrace.transform.schema;

import dev.millrace.contracts.event.SchemaChanged.Change;

import org.jspecify.annotations.Nullable;

/**
 * A column that a batch of records needs.
 *
 * @param origin where in the records its values stand
 * @param first the record that first brought a value for it
 * @param key whether it is in the key of the table's rows
 * @param change whether it is a column of its own or a variant of another
 * @param likelyRenamedFrom the column that it probably was until now
 */
public record NeededColumn(
        String name,
        ColumnType type,
        String origin,
        RecordPosition first,
        boolean key,
        Change change,
        @Nullable String likelyRenamedFrom) {

    /** A column of its own. */
    public NeededColumn(
            String name, ColumnType type, String origin, RecordPosition first, boolean key) {
        this(name, type, origin, first, key, Change.ADD_COLUMN, null);
    }

    /** A column of its own that is in no key. */
    public NeededColumn(String name, ColumnType type, String origin, RecordPosition first) {
        this(name, type, origin, first, false);
    }

    /** The same, with what it probably was. */
    public NeededColumn renamedFrom(@Nullable String column) {
        return new NeededColumn(name, type, origin, first, key, change, column);
    }

    /** The same, of another type. */
    NeededColumn ofType(ColumnType other) {
        return new NeededColumn(name, other, origin, first, key, change, likelyRenamedFrom);
    }
}
