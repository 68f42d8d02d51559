package dev.millrace.transform.landing.row;

import dev.millrace.contracts.record.Identifiers;
import dev.millrace.transform.schema.ColumnType;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.TableKind;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The rows of one poll for one table, and the columns that they want.
 *
 * <p>Two members of a record can want the same column, such as {@code userName} and {@code
 * user_name}. As long as no record has both, they share it. In a record that has both with
 * different values, the one of lower rank, or else the first, keeps it; the other one's value goes
 * to a column of its own, with a hash of where it came from.
 */
public final class RowBatch {

    private final Relation relation;
    private final TableKind kind;
    private final @Nullable RowCheck check;
    private final List<Slot> slots = new ArrayList<>();
    private final Map<String, Integer> slotByColumn = new HashMap<>();
    private final List<Row> rows = new ArrayList<>();

    // The row at work. A slot's place in it counts only if its stamp is the row's.
    private int[] rowSlots = new int[32];
    private Object[] rowValues = new Object[32];
    private @Nullable Member[] rowMembers = new Member[32];
    private int rowSize;
    private int stamp;
    private int[] slotStamp = new int[32];
    private int[] slotPlace = new int[32];
    private int[] shape = {};

    public RowBatch(Relation relation, TableKind kind) {
        this(relation, kind, null);
    }

    /**
     * @param check what the rows are held to; null if they are held to nothing
     */
    public RowBatch(Relation relation, TableKind kind, @Nullable RowCheck check) {
        this.relation = relation;
        this.kind = kind;
        this.check = check;
    }

    /**
     * A place in a record that wants a column of this batch.
     *
     * @param slot index of the column
     * @param origin where in the record, as keys joined by dots
     * @param rank who keeps the column when two want it: the lower one
     */
    public record Member(int slot, String origin, int rank) {}

    public Relation relation() {
        return relation;
    }

    public TableKind kind() {
        return kind;
    }

    /** What the rows are held to; null if they are held to nothing. */
    public @Nullable RowCheck check() {
        return check;
    }

    public List<Slot> slots() {
        return slots;
    }

    public List<Row> rows() {
        return rows;
    }

    Member member(String column, String origin, int rank, @Nullable ColumnType declared) {
        return new Member(slot(column, origin, declared), origin, rank);
    }

    /** Begins a row; what was set and not ended is forgotten. */
    void begin() {
        stamp++;
        rowSize = 0;
        if (check != null) {
            check.begin();
        }
    }

    /** Sets a value of the row; the same member again overwrites it. */
    void set(Member member, Object value) {
        int place = place(member.slot());
        if (place < 0) {
            add(member.slot(), member, value);
            return;
        }
        Member holder = Objects.requireNonNull(rowMembers[place]);
        if (holder.origin().equals(member.origin())) {
            rowValues[place] = value;
        } else if (rowValues[place].equals(value)) {
            return;
        } else if (member.rank() < holder.rank()) {
            Object displaced = rowValues[place];
            rowMembers[place] = member;
            rowValues[place] = value;
            setApart(holder, displaced);
        } else {
            setApart(member, value);
        }
    }

    /** Whether an object that stands where this column's values do goes into it as a whole. */
    boolean keepsWhole(String column) {
        return check != null && check.keepsWhole(column);
    }

    /** The number by which the check knows an object, or {@link RowCheck#NO_OBJECT}. */
    int object(String column) {
        return check == null ? RowCheck.NO_OBJECT : check.object(column);
    }

    /** The row has an object that the check wants to know of. */
    void members(int object, int count) {
        if (check != null) {
            check.members(object, count);
        }
    }

    /**
     * Ends the row and adds it to the batch.
     *
     * @throws ContractViolationException if it must not land; the batch is as before then
     */
    void end(int record, String id, long eventAt, long ingestedAt)
            throws ContractViolationException {
        end(record, id, eventAt, ingestedAt, null);
    }

    /** The same of a row that a change brings, of which some values may not have been sent. */
    void end(int record, String id, long eventAt, long ingestedAt, @Nullable Change change)
            throws ContractViolationException {
        if (check != null && (change == null || change.operation().hasRow())) {
            if (change != null) {
                for (int slot : change.unsent()) {
                    check.unsent(slot);
                }
            }
            check.check(rowSlots, rowValues, rowSize);
        }
        int[] rowsSlots = shape();
        Object[] values = Arrays.copyOf(rowValues, rowSize);
        for (int i = 0; i < rowSize; i++) {
            slots.get(rowsSlots[i]).saw(Row.typeOf(values[i]), record);
        }
        rows.add(new Row(record, id, eventAt, ingestedAt, rowsSlots, values, change));
    }

    /** The row's slots; rows that follow each other mostly have the same, and then share them. */
    private int[] shape() {
        if (!Arrays.equals(shape, 0, shape.length, rowSlots, 0, rowSize)) {
            shape = Arrays.copyOf(rowSlots, rowSize);
        }
        return shape;
    }

    private void setApart(Member member, Object value) {
        String column = Identifiers.apart(slots.get(member.slot()).column(), member.origin());
        Member apart = new Member(slot(column, member.origin(), null), member.origin(), 0);
        int place = place(apart.slot());
        if (place < 0) {
            add(apart.slot(), apart, value);
        } else {
            rowValues[place] = value;
        }
    }

    private int place(int slot) {
        return slotStamp[slot] == stamp ? slotPlace[slot] : -1;
    }

    private void add(int slot, Member member, Object value) {
        if (rowSize == rowSlots.length) {
            rowSlots = Arrays.copyOf(rowSlots, rowSize * 2);
            rowValues = Arrays.copyOf(rowValues, rowSize * 2);
            rowMembers = Arrays.copyOf(rowMembers, rowSize * 2);
        }
        slotStamp[slot] = stamp;
        slotPlace[slot] = rowSize;
        rowSlots[rowSize] = slot;
        rowMembers[rowSize] = member;
        rowValues[rowSize++] = value;
    }

    private int slot(String column, String origin, @Nullable ColumnType declared) {
        Integer known = slotByColumn.get(column);
        if (known != null) {
            return known;
        }
        int slot = slots.size();
        slots.add(new Slot(column, origin, check == null ? declared : declared(column, declared)));
        slotByColumn.put(column, slot);
        if (slot == slotStamp.length) {
            slotStamp = Arrays.copyOf(slotStamp, slot * 2);
            slotPlace = Arrays.copyOf(slotPlace, slot * 2);
        }
        if (check != null) {
            check.added(slot, column);
        }
        return slot;
    }

    private @Nullable ColumnType declared(String column, @Nullable ColumnType otherwise) {
        ColumnType type = check == null ? null : check.type(column);
        return type == null ? otherwise : type;
    }
}
