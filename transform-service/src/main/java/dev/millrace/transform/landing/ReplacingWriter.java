package dev.millrace.transform.landing;

import dev.millrace.transform.landing.load.Load;
import dev.millrace.transform.landing.load.Loads;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.row.RowBatch;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Table;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds the rows of loads to those that wait until their load is complete. */
final class ReplacingWriter {

    private final Loads loads;
    private final CopyWriter copying = new CopyWriter();

    ReplacingWriter(Loads loads) {
        this.loads = loads;
    }

    /**
     * What became of the rows.
     *
     * @param waiting those that wait now
     * @param byLoad how many of each load
     */
    record Written(List<Row> waiting, Map<Load, Long> byLoad) {}

    /**
     * Writes rows in the connection's transaction; those of a load that a newer one has outrun have
     * no place any more.
     *
     * @throws BadRowsException if there are rows that PostgreSQL refuses; the caller then rolls
     *     back to where it was before
     */
    Written write(Connection connection, TablePlan plan, List<Row> arrived, long loadedAt)
            throws SQLException, BadRowsException {
        Relation relation = plan.relation();
        @Nullable String current = loads.current(connection, relation);
        int slot = loadSlot(plan.batch());
        List<Row> waiting = new ArrayList<>(arrived.size());
        Map<Load, Long> byLoad = new HashMap<>();
        for (Row row : arrived) {
            String load = load(row, slot);
            if (current == null || load.compareTo(current) >= 0) {
                waiting.add(row);
                byLoad.merge(new Load(relation, load), 1L, Long::sum);
            }
        }
        if (!waiting.isEmpty()) {
            Relation rows = loads.rows(relation);
            Bisection.write(
                    connection,
                    relation,
                    waiting,
                    some -> copying.copy(connection, plan, rows, some, loadedAt));
        }
        return new Written(waiting, byLoad);
    }

    private static int loadSlot(RowBatch batch) {
        for (int slot = 0; slot < batch.slots().size(); slot++) {
            if (batch.slots().get(slot).column().equals(Table.LOAD)) {
                return slot;
            }
        }
        throw new IllegalStateException("rows of no load in " + batch.relation());
    }

    private static String load(Row row, int slot) {
        for (int i = 0; i < row.size(); i++) {
            if (row.slot(i) == slot) {
                return (String) row.value(i);
            }
        }
        throw new IllegalStateException("a row of no load");
    }
}
