package dev.millrace.transform.landing;

import dev.millrace.transform.landing.row.RowBatch;
import dev.millrace.transform.landing.row.Slot;
import dev.millrace.transform.schema.ColumnType;
import dev.millrace.transform.schema.Table;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which columns the last batches of a table had, as one lander saw them. */
final class TableHistory {

    /** So many batches back. */
    private static final int BATCHES = 5;

    private static final long FEWEST_ROWS = 20;
    private static final double NEARLY_ALL = 0.95;

    private final Map<String, Column> columns = new HashMap<>();
    private final long[] rows = new long[BATCHES];
    private int at;

    /** What is known of a column. */
    static final class Column {
        private final long[] present = new long[BATCHES];
        private ColumnProfile profile;

        private Column(ColumnProfile profile) {
            this.profile = profile;
        }

        ColumnProfile profile() {
            return profile;
        }

        long present() {
            return sum(present);
        }
    }

    Map<String, Column> columns() {
        return columns;
    }

    long rows() {
        return sum(rows);
    }

    /** Takes up what was known before this process. */
    void restore(String column, ColumnProfile profile, long ofRows, long present) {
        Column restored = new Column(profile);
        restored.present[0] = present;
        columns.put(column, restored);
        rows[0] = Math.max(rows[0], ofRows);
        at = 1;
    }

    /**
     * Adds a batch.
     *
     * @param anew whether to look at values again
     */
    void add(RowBatch batch, boolean anew) {
        rows[at] = batch.rows().size();
        columns.values().forEach(column -> column.present[at] = 0);
        for (int i = 0; i < batch.slots().size(); i++) {
            Slot slot = batch.slots().get(i);
            int seen = slot.rows();
            if (seen == 0) {
                continue;
            }
            Column column = columns.get(slot.column());
            if (column == null && columns.size() < Table.MAX_COLUMNS) {
                column = new Column(ColumnProfile.of(batch, i, slot.type()));
                columns.put(slot.column(), column);
            } else if (column != null && anew) {
                column.profile = ColumnProfile.of(batch, i, slot.type());
            }
            if (column != null) {
                column.present[at] = seen;
            }
        }
        at = (at + 1) % BATCHES;
    }

    /**
     * What new columns of a batch were probably called until now: a column that nearly all rows of
     * the last batches had, whose values were of the same type and looked alike, and that no row of
     * the batch has beside the new one, while nearly all rows have one of the two. Where several
     * columns fit, nothing is said.
     */
    Map<String, String> likelyRenames(RowBatch batch, Map<String, ColumnType> added) {
        Map<String, String> renames = new HashMap<>();
        if (rows() < FEWEST_ROWS) {
            return renames;
        }
        Map<String, Integer> slots = new HashMap<>();
        for (int i = 0; i < batch.slots().size(); i++) {
            slots.put(batch.slots().get(i).column(), i);
        }
        Set<String> taken = new HashSet<>();
        Set<String> contested = new HashSet<>();
        added.forEach(
                (name, type) -> {
                    Integer slot = slots.get(name);
                    if (slot == null) {
                        return;
                    }
                    List<String> fitting = fitting(batch, slot, type, slots, added.keySet());
                    fitting.stream().filter(old -> !taken.add(old)).forEach(contested::add);
                    if (fitting.size() == 1) {
                        renames.put(name, fitting.getFirst());
                    }
                });
        renames.values().removeAll(contested);
        return renames;
    }

    private List<String> fitting(
            RowBatch batch,
            int slot,
            ColumnType type,
            Map<String, Integer> slots,
            Set<String> added) {
        ColumnProfile profile = ColumnProfile.of(batch, slot, type);
        List<String> fitting = new ArrayList<>();
        columns.forEach(
                (name, column) -> {
                    if (!added.contains(name)
                            && column.present() >= NEARLY_ALL * rows()
                            && profile.isLike(column.profile())
                            && isReplaced(batch, slots.getOrDefault(name, -1), slot)) {
                        fitting.add(name);
                    }
                });
        return fitting;
    }

    /** Whether no row has both, and nearly all have one. */
    private static boolean isReplaced(RowBatch batch, int old, int slot) {
        int either = 0;
        for (var row : batch.rows()) {
            boolean hasOld = old >= 0 && ColumnProfile.has(row, old);
            boolean hasNew = ColumnProfile.has(row, slot);
            if (hasOld && hasNew) {
                return false;
            }
            if (hasOld || hasNew) {
                either++;
            }
        }
        return either >= NEARLY_ALL * batch.rows().size();
    }

    private static long sum(long[] numbers) {
        long sum = 0;
        for (long number : numbers) {
            sum += number;
        }
        return sum;
    }
}
