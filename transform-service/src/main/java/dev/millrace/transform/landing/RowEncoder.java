package dev.millrace.transform.landing;

import dev.millrace.transform.landing.copy.BinaryRows;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.value.Bytes;
import dev.millrace.transform.landing.value.JsonText;
import dev.millrace.transform.schema.ColumnType;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/** Encodes the rows of a plan as {@code COPY} reads them. For one thread. */
final class RowEncoder {

    private static final int FLUSH_AT = 256 << 10;
    private static final int BASE_COLUMNS = 4;

    private final Bytes buffer = new Bytes(FLUSH_AT + (64 << 10));
    private final BinaryRows binary = new BinaryRows(buffer);

    /** Where encoded rows go, many at a time. */
    @FunctionalInterface
    interface Sink {
        void write(byte[] bytes, int size) throws SQLException;
    }

    /** Encodes the rows, in the order of {@link CopyWriter}'s columns. */
    void encode(TablePlan plan, List<Row> rows, long loadedAt, Sink sink) throws SQLException {
        int width = plan.columns().size();
        ColumnType[] types =
                plan.columns().stream().map(Placement.Column::type).toArray(ColumnType[]::new);
        @Nullable Object[] values = new Object[width];
        int columns = BASE_COLUMNS + width + (plan.overflows() ? 1 : 0);
        buffer.clear();
        binary.begin();
        for (Row row : rows) {
            Bytes extra = place(plan, row, values);
            binary.beginRow(columns);
            binary.addText(row.id());
            binary.addTimestamp(row.eventAt());
            binary.addTimestamp(row.ingestedAt());
            binary.addTimestamp(loadedAt);
            for (int i = 0; i < width; i++) {
                binary.add(types[i], values[i]);
            }
            if (plan.overflows()) {
                binary.add(ColumnType.JSONB, extra == null ? null : JsonText.closedObject(extra));
            }
            if (buffer.size() >= FLUSH_AT) {
                flush(sink);
            }
        }
        binary.end();
        flush(sink);
    }

    private void flush(Sink sink) throws SQLException {
        sink.write(buffer.array(), buffer.size());
        buffer.clear();
    }

    /** Puts the row's values at their columns' places, and returns what has no place there. */
    static @Nullable Bytes place(TablePlan plan, Row row, @Nullable Object[] values) {
        Arrays.fill(values, null);
        Bytes extra = null;
        for (int i = 0; i < row.size(); i++) {
            Object value = row.value(i);
            Placement placement = plan.placement(row.slot(i), value);
            if (placement instanceof Placement.Column column) {
                values[column.index()] = value;
            } else if (placement instanceof Placement.Extra(String name)) {
                extra = spill(extra, name, value);
            }
        }
        return plan.overflows() && WideRows.mayOverflow(row) ? narrow(plan, values, extra) : extra;
    }

    /** Moves the values of the columns that were added last, as far as the row is too wide. */
    private static @Nullable Bytes narrow(
            TablePlan plan, @Nullable Object[] values, @Nullable Bytes spilled) {
        Bytes extra = spilled;
        int bytes = 0;
        for (Placement.Column column : plan.columnsByAge()) {
            Object value = values[column.index()];
            if (value == null) {
                continue;
            }
            bytes += WideRows.bytes(value);
            if (bytes > WideRows.ROOM) {
                extra = spill(extra, column.name(), value);
                values[column.index()] = null;
            }
        }
        return extra;
    }

    private static Bytes spill(@Nullable Bytes spilled, String name, Object value) {
        Bytes extra = spilled == null ? new Bytes(256) : spilled;
        JsonText.member(extra, name, value);
        return extra;
    }
}
