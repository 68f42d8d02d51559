package dev.millrace.transform.schema;

/**
 * A column that a batch of records needs.
 *
 * @param origin where in the records its values stand
 * @param first the record that first brought a value for it
 * @param key whether it is in the key of the table's rows
 */
public record NeededColumn(
        String name, ColumnType type, String origin, RecordPosition first, boolean key) {

    public NeededColumn(String name, ColumnType type, String origin, RecordPosition first) {
        this(name, type, origin, first, false);
    }
}
