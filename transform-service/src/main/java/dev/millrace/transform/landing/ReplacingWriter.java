package dev.millrace.transform.landing;

import dev.millrace.transform.landing.copy.BinaryRows;
import dev.millrace.transform.landing.load.Loads;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.row.RowBatch;
import dev.millrace.transform.landing.value.Bytes;
import dev.millrace.transform.landing.value.Json;
import dev.millrace.transform.landing.value.JsonText;
import dev.millrace.transform.schema.ColumnType;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Table;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds the rows of loads to those that wait until their load is complete. They wait in one table of
 * all streams, which a new column does not change: as what they have of each column.
 */
final class ReplacingWriter {

    private static final String COPY =
            "COPY transform.load_row (stream_id, load, id, event_at, ingested_at, loaded_at, extra,"
                    + " columns) FROM STDIN WITH (FORMAT binary)";
    private static final int WIDTH = 8;
    private static final int FLUSH_AT = 256 << 10;

    private final Loads loads;
    private final Bytes buffer = new Bytes(FLUSH_AT + (64 << 10));
    private final BinaryRows binary = new BinaryRows(buffer);

    ReplacingWriter(Loads loads) {
        this.loads = loads;
    }

    /**
     * Writes rows in the connection's transaction; those of a load that a newer one has outrun have
     * no place any more.
     *
     * @return those that wait now
     * @throws BadRowsException if there are rows that PostgreSQL refuses; the caller then rolls
     *     back to where it was before
     */
    List<Row> write(Connection connection, TablePlan plan, List<Row> arrived, long loadedAt)
            throws SQLException, BadRowsException {
        Relation relation = plan.relation();
        @Nullable String current = loads.current(connection, relation);
        int slot = loadSlot(plan.batch());
        List<Row> waiting = new ArrayList<>(arrived.size());
        for (Row row : arrived) {
            if (current == null || load(row, slot).compareTo(current) >= 0) {
                waiting.add(row);
            }
        }
        if (!waiting.isEmpty()) {
            long stream = loads.id(relation);
            Bisection.write(
                    connection,
                    relation,
                    waiting,
                    some -> copy(connection, plan, stream, slot, some, loadedAt));
        }
        return waiting;
    }

    private void copy(
            Connection connection,
            TablePlan plan,
            long stream,
            int loadSlot,
            List<Row> rows,
            long loadedAt)
            throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
        try {
            @Nullable Object[] values = new Object[plan.columns().size()];
            buffer.clear();
            binary.begin();
            for (Row row : rows) {
                Bytes extra = RowEncoder.place(plan, row, values);
                binary.beginRow(WIDTH);
                binary.add(ColumnType.BIGINT, stream);
                binary.addText(load(row, loadSlot));
                binary.addText(row.id());
                binary.addTimestamp(row.eventAt());
                binary.addTimestamp(row.ingestedAt());
                binary.addTimestamp(loadedAt);
                binary.add(ColumnType.JSONB, extra == null ? null : JsonText.closedObject(extra));
                binary.add(ColumnType.JSONB, columns(plan, values));
                if (buffer.size() >= FLUSH_AT) {
                    flush(copy);
                }
            }
            binary.end();
            flush(copy);
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private void flush(CopyIn copy) throws SQLException {
        copy.writeToCopy(buffer.array(), 0, buffer.size());
        buffer.clear();
    }

    /** What a row has of the table's columns; at least its load. */
    private static Json columns(TablePlan plan, @Nullable Object[] values) {
        Bytes json = new Bytes(256);
        for (Placement.Column column : plan.columns()) {
            Object value = values[column.index()];
            if (value != null) {
                json.addByte(json.size() == 0 ? '{' : ',');
                MergingWriter.value(json, column, value);
            }
        }
        return JsonText.closedObject(json);
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
