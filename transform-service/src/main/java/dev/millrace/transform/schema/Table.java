package dev.millrace.transform.schema;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A table as it is: its columns in order, and what they can hold. */
public record Table(Relation relation, Map<String, ColumnType> columns) {

    /**
     * Columns that landing gives a table at most. PostgreSQL ends at 1,600, and counts those that
     * were dropped.
     */
    public static final int MAX_COLUMNS = 1_000;

    /** Where the values go that there is no room for as columns, by the name of the column. */
    public static final String EXTRA = "_mr_extra";

    /** In a merged table: when each column's value happened, in microseconds since 1970. */
    public static final String COLUMN_AT = "_mr_column_at";

    /** In a table that changes make: where the newest change of the row stands in its log. */
    public static final String POSITION = "_mr_position";

    /** In such a table: the positions of columns whose value is older than the row; mostly null. */
    public static final String COLUMN_POSITION = "_mr_column_position";

    /** Where deletes mark rows: when it was deleted, and the position of that. */
    public static final String DELETED_AT = "_mr_deleted_at";

    public static final String DELETED_POSITION = "_mr_deleted_position";

    /** In a table of versions: the key, and from when until when the version was the row. */
    public static final String KEY = "_mr_key";

    public static final String VALID_FROM = "_mr_valid_from";

    public static final String VALID_TO = "_mr_valid_to";

    /** In a table that is replaced load by load: which load the row is of. */
    public static final String LOAD = "_mr_load";

    public Table {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    public @Nullable ColumnType type(String column) {
        return columns.get(column);
    }

    /** Whether it was made to be written this way. */
    public boolean isOf(TableKind kind) {
        boolean soft = columns.containsKey(DELETED_AT);
        boolean versions = columns.containsKey(VALID_FROM);
        return switch (kind) {
            case APPENDED -> !columns.containsKey(POSITION) && !columns.containsKey(LOAD);
            case MERGED -> true;
            case KEYED -> columns.containsKey(POSITION) && !soft && !versions;
            case KEYED_SOFTLY -> columns.containsKey(POSITION) && soft;
            case VERSIONED -> columns.containsKey(POSITION) && versions;
            case REPLACED -> columns.containsKey(LOAD);
        };
    }

    /** Whether there is no room for another column. */
    public boolean isFull() {
        return columns.size() >= MAX_COLUMNS;
    }
}
