package dev.millrace.transform.landing;

import dev.millrace.transform.landing.row.Change;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.value.Bytes;
import dev.millrace.transform.landing.value.JsonText;
import dev.millrace.transform.schema.Relation;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The columns that a batch of changes may set, and what a change says of each. */
final class ChangeColumns {

    private final TablePlan plan;
    private final List<Placement.Column> columns;
    private final int[][] bySlot;

    ChangeColumns(TablePlan plan, List<Row> rows) {
        this.plan = plan;
        this.bySlot = new int[plan.batch().slots().size()][];
        for (int slot = 0; slot < bySlot.length; slot++) {
            bySlot[slot] = plan.siblings(slot).stream().mapToInt(Placement.Column::index).toArray();
        }
        boolean whole = rows.stream().anyMatch(row -> row.change().whole());
        this.columns = List.copyOf(whole ? plan.payloadColumns() : plan.columns());
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
        private final @Nullable Bytes extra;
        private final List<String> unsent;

        Said(
                @Nullable Object[] values,
                boolean[] carried,
                @Nullable Bytes extra,
                List<String> unsent) {
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

        /** What there is no column for, as an object that is still open; or null. */
        @Nullable Bytes extra() {
            return extra;
        }

        /**
         * Columns that the source has and the table does not, as no value of them was sent so far.
         */
        List<String> unsent() {
            return unsent;
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
        Bytes extra = null;
        for (int i = 0; i < row.size(); i++) {
            Object value = row.value(i);
            for (int column : bySlot[row.slot(i)]) {
                carried[column] = true;
            }
            switch (plan.placement(row.slot(i), value)) {
                case Placement.Column column -> values[column.index()] = value;
                case Placement.Extra(String name) -> {
                    extra = extra == null ? new Bytes(128) : extra;
                    JsonText.member(extra, name, value);
                }
                case Placement.Refused _ -> {}
            }
        }
        return new Said(values, carried, extra, unsent(change));
    }

    private List<String> unsent(Change change) {
        List<String> names = List.of();
        for (int slot : change.unsent()) {
            if (bySlot[slot].length == 0) {
                names = names.isEmpty() ? new ArrayList<>() : names;
                names.add(plan.batch().slots().get(slot).column());
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
