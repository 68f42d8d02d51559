package dev.millrace.transform.landing.row;

import dev.millrace.transform.schema.ColumnType;

import org.jspecify.annotations.Nullable;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** A column as a batch wants it: its name, and what types of value were seen for it. */
public final class Slot {

    private final String column;
    private final String origin;
    private final @Nullable ColumnType declared;
    private final Map<ColumnType, Integer> firstRecords = new EnumMap<>(ColumnType.class);

    Slot(String column, String origin, @Nullable ColumnType declared) {
        this.column = column;
        this.origin = origin;
        this.declared = declared;
    }

    public String column() {
        return column;
    }

    /** Where in the record the column's values stand, for people to read. */
    public String origin() {
        return origin;
    }

    /** The types that were seen. */
    public Set<ColumnType> types() {
        return firstRecords.keySet();
    }

    /** The record that first brought a value of a type that was seen. */
    public int firstRecord(ColumnType type) {
        return firstRecords.getOrDefault(type, 0);
    }

    /** The record that first brought any value. */
    public int firstRecord() {
        return firstRecords.values().stream().mapToInt(record -> record).min().orElse(0);
    }

    /** The type to give the column: the declared one, or one that holds all that was seen. */
    public ColumnType type() {
        if (declared != null) {
            return declared;
        }
        return types().stream().reduce(ColumnType::join).orElse(ColumnType.TEXT);
    }

    void saw(ColumnType type, int record) {
        firstRecords.putIfAbsent(type, record);
    }
}
