package dev.millrace.transform.landing;

import dev.millrace.transform.landing.row.Change;
import dev.millrace.transform.landing.row.Position;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.schema.Relation;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The columns that a batch of changes may set, and what a change says of each. */
final class ChangeColumns {

    private final TablePlan plan;
    private final List<Placement.Column> columns;
    private final int[][] bySlot;
    private final String[] bases;

    ChangeColumns(TablePlan plan, List<Row> rows) {
        this.plan = plan;
        this.bySlot = new int[plan.batch().slots().size()][];
        for (int slot = 0; slot < bySlot.length; slot++) {
            bySlot[slot] = plan.siblings(slot).stream().mapToInt(Placement.Column::index).toArray();
        }
        boolean whole = rows.stream().anyMatch(row -> row.change().whole());
        this.columns = List.copyOf(whole ? plan.payloadColumns() : plan.columns());
        this.bases = columns.stream().map(Placement.Column::name).toArray(String[]::new);
        for (int slot = 0; slot < bySlot.length; slot++) {
            for (int column : bySlot[slot]) {
                bases[column] = plan.batch().slots().get(slot).column();
            }
        }
    }

    List<Placement.Column> columns() {
        return columns;
    }

    int width() {
        return columns.size();
    }

    String name(int column) {
        return columns.get(column).name();
    }

    /**
     * Under which name a row notes that it left the column open if that did not exist yet: that of
     * the column whose variant it is, or its own.
     */
    String base(int column) {
        return bases[column];
    }

    /** A comma before each, as they follow Millrace's own. */
    String names() {
        return names("");
    }

    /** The same of a table with an alias. */
    String names(String alias) {
        return columns.stream()
                .map(column -> ", " + alias + Relation.quote(column.name()))
                .collect(Collectors.joining());
    }

    /** What a change says. */
    static final class Said {

        private final @Nullable Object[] values;
        private final boolean[] carried;
        private final Map<String, Object> extra;
        private final Map<String, @Nullable Position> unsent;

        Said(
                @Nullable Object[] values,
                boolean[] carried,
                Map<String, Object> extra,
                Map<String, @Nullable Position> unsent) {
            this.values = values;
            this.carried = carried;
            this.extra = extra;
            this.unsent = unsent;
        }

        /** By column; null also where the change says nothing. */
        @Nullable Object[] values() {
            return values;
        }

        /** Which columns it says something of. */
        boolean[] carried() {
            return carried;
        }

        /** What there is no column for, by the name of the column. */
        Map<String, Object> extra() {
            return extra;
        }

        /**
         * Columns that the source has and the table does not, and whose value was not sent; with
         * the position of the older change that the value in {@link #extra} is of, if there is one.
         */
        Map<String, @Nullable Position> unsent() {
            return unsent;
        }

        /** Takes what was not sent, and has no column, from the next older change that says it. */
        void fillExtra(Said older, Position position) {
            for (Map.Entry<String, @Nullable Position> open : unsent.entrySet()) {
                Object value = open.getValue() == null ? older.extra.get(open.getKey()) : null;
                if (value != null) {
                    extra.put(open.getKey(), value);
                    open.setValue(position);
                }
            }
        }

        boolean isComplete() {
            if (!unsent.isEmpty()) {
                return false;
            }
            for (boolean one : carried) {
                if (!one) {
                    return false;
                }
            }
            return true;
        }
    }

    Said said(Row row) {
        Change change = row.change();
        @Nullable Object[] values = new Object[width()];
        boolean[] carried = new boolean[width()];
        if (change.whole()) {
            Arrays.fill(carried, true);
        }
        carry(carried, change.nulls(), true);
        carry(carried, change.unsent(), false);
        Map<String, @Nullable Position> unsent = unsent(change);
        // Most rows have neither.
        Map<String, Object> extra = unsent.isEmpty() ? Map.of() : new LinkedHashMap<>();
        for (int i = 0; i < row.size(); i++) {
            Object value = row.value(i);
            for (int column : bySlot[row.slot(i)]) {
                carried[column] = true;
            }
            switch (plan.placement(row.slot(i), value)) {
                case Placement.Column column -> values[column.index()] = value;
                case Placement.Extra(String name) -> {
                    extra = extra.isEmpty() ? new LinkedHashMap<>() : extra;
                    extra.put(name, value);
                }
                case Placement.Refused _ -> {}
            }
        }
        return new Said(values, carried, extra, unsent);
    }

    private Map<String, @Nullable Position> unsent(Change change) {
        Map<String, @Nullable Position> names = Map.of();
        for (int slot : change.unsent()) {
            if (bySlot[slot].length == 0) {
                names = names.isEmpty() ? new LinkedHashMap<>() : names;
                names.put(plan.batch().slots().get(slot).column(), null);
            }
        }
        return names;
    }

    /** The same of a version of a row: what it does not mention, it does not have. */
    Said saidOfVersion(Row row) {
        Said said = said(row);
        Arrays.fill(said.carried(), true);
        carry(said.carried(), row.change().unsent(), false);
        return said;
    }

    private void carry(boolean[] carried, int[] slots, boolean value) {
        for (int slot : slots) {
            for (int column : bySlot[slot]) {
                carried[column] = value;
            }
        }
    }

    /** Leaves of what was said only the key. */
    void keepKey(Said said) {
        boolean[] isKey = new boolean[width()];
        for (int slot = 0; slot < bySlot.length; slot++) {
            if (plan.batch().slots().get(slot).isKey()) {
                for (int column : bySlot[slot]) {
                    isKey[column] = true;
                }
            }
        }
        for (int column = 0; column < isKey.length; column++) {
            if (!isKey[column]) {
                said.values()[column] = null;
            }
        }
    }
}
