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

    public RowBatch(Relation relation, TableKind kind) {
        this.relation = relation;
        this.kind = kind;
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

    /** Ends the row and adds it to the batch. */
    void end(int record, String id, long eventAt, long ingestedAt) {
        int[] rowsSlots = Arrays.copyOf(rowSlots, rowSize);
        Object[] values = Arrays.copyOf(rowValues, rowSize);
        for (int i = 0; i < rowSize; i++) {
            slots.get(rowsSlots[i]).saw(Row.typeOf(values[i]), record);
        }
        rows.add(new Row(record, id, eventAt, ingestedAt, rowsSlots, values));
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
        slots.add(new Slot(column, origin, declared));
        slotByColumn.put(column, slot);
        if (slot == slotStamp.length) {
            slotStamp = Arrays.copyOf(slotStamp, slot * 2);
            slotPlace = Arrays.copyOf(slotPlace, slot * 2);
        }
        return slot;
    }
}
