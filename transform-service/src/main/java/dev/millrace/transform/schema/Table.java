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

    public Table {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    public @Nullable ColumnType type(String column) {
        return columns.get(column);
    }

    /** Whether there is no room for another column. */
    public boolean isFull() {
        return columns.size() >= MAX_COLUMNS;
    }
}
