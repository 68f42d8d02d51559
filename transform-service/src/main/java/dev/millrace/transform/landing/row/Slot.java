package dev.millrace.transform.landing.row;

import dev.millrace.transform.schema.ColumnType;

import org.jspecify.annotations.Nullable;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** A column as a batch wants it: its name, and what types of value were seen for it. */
public final class Slot {

    /** Types whose values nobody would want as text. */
    private static final Set<ColumnType> EXACT =
            EnumSet.of(ColumnType.BIGINT, ColumnType.NUMERIC, ColumnType.BOOLEAN);

    private final String column;
    private final String origin;
    private final @Nullable ColumnType declared;
    private final Map<ColumnType, Integer> firstRecords = new EnumMap<>(ColumnType.class);
    private final Map<ColumnType, Integer> counts = new EnumMap<>(ColumnType.class);

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

    /**
     * The type to give the column: the declared one, or one that holds all that was seen. Between
     * text and numbers or booleans most values decide, so that one broken value that is among the
     * first does not make text of an amount for good.
     */
    public ColumnType type() {
        if (declared != null) {
            return declared;
        }
        if (!types().contains(ColumnType.TEXT)) {
            return join(types());
        }
        Set<ColumnType> exact = EnumSet.copyOf(EXACT);
        exact.retainAll(types());
        int texts = counts.getOrDefault(ColumnType.TEXT, 0);
        int exacts = exact.stream().mapToInt(type -> counts.getOrDefault(type, 0)).sum();
        boolean one = join(exact) != ColumnType.TEXT;
        return one && exacts > texts ? join(exact) : join(types());
    }

    void saw(ColumnType type, int record) {
        firstRecords.putIfAbsent(type, record);
        counts.merge(type, 1, Integer::sum);
    }

    private static ColumnType join(Set<ColumnType> types) {
        return types.stream().reduce(ColumnType::join).orElse(ColumnType.TEXT);
    }
}
