package dev.millrace.transform.landing.row;

import dev.millrace.transform.landing.value.Text;
import dev.millrace.transform.schema.ColumnType;

import org.jspecify.annotations.Nullable;

import java.util.EnumSet;
import java.util.Set;

/** A column as a batch wants it: its name, and what types of value were seen for it. */
public final class Slot {

    /** Types whose values nobody would want as text. */
    private static final Set<ColumnType> EXACT =
            EnumSet.of(ColumnType.BIGINT, ColumnType.NUMERIC, ColumnType.BOOLEAN);

    private static final int TYPES = ColumnType.count();

    private final String column;
    private final String origin;
    private final @Nullable ColumnType declared;
    private final Set<ColumnType> types = EnumSet.noneOf(ColumnType.class);
    private final int[] firstRecords = new int[TYPES];
    private final int[] counts = new int[TYPES];

    private boolean key;

    Slot(String column, String origin, @Nullable ColumnType declared) {
        this.column = column;
        this.origin = Text.clean(origin);
        this.declared = declared;
    }

    public String column() {
        return column;
    }

    /** Where in the record the column's values stand, for people to read. */
    public String origin() {
        return origin;
    }

    /** Whether it is in the key of the table's rows. */
    public boolean isKey() {
        return key;
    }

    void beKey() {
        key = true;
    }

    /** The types that were seen. */
    public Set<ColumnType> types() {
        return types;
    }

    /** How many rows have a value for it. */
    public int rows() {
        int rows = 0;
        for (int count : counts) {
            rows += count;
        }
        return rows;
    }

    /** The record that first brought a value of a type that was seen. */
    public int firstRecord(ColumnType type) {
        return firstRecords[type.index()];
    }

    /** The record that first brought any value. */
    public int firstRecord() {
        return types.stream().mapToInt(this::firstRecord).min().orElse(0);
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
        int texts = counts[ColumnType.TEXT.index()];
        int exacts = exact.stream().mapToInt(type -> counts[type.index()]).sum();
        boolean one = join(exact) != ColumnType.TEXT;
        return one && exacts > texts ? join(exact) : join(types());
    }

    void saw(ColumnType type, int record) {
        int index = type.index();
        if (counts[index]++ == 0) {
            types.add(type);
            firstRecords[index] = record;
        }
    }

    private static ColumnType join(Set<ColumnType> types) {
        return types.stream().reduce(ColumnType::join).orElse(ColumnType.TEXT);
    }
}
