package dev.millrace.transform.landing;

import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.transform.landing.copy.BinaryRows;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.value.Bytes;
import dev.millrace.transform.landing.value.JsonText;
import dev.millrace.transform.schema.ColumnType;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Table;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the rows of a plan by one binary {@code COPY}. */
final class CopyWriter {

    private static final int FLUSH_AT = 256 << 10;
    private static final int BASE_COLUMNS = 4;

    private final Bytes buffer = new Bytes(FLUSH_AT + (64 << 10));
    private final BinaryRows binary = new BinaryRows(buffer);

    /** Copies the rows, all or none of them. */
    void copy(Connection connection, TablePlan plan, List<Row> rows, long loadedAt)
            throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(command(plan));
        try {
            send(copy, plan, rows, loadedAt);
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private static String command(TablePlan plan) {
        Stream<String> base =
                Stream.of(
                        RowColumns.ID,
                        RowColumns.EVENT_AT,
                        RowColumns.INGESTED_AT,
                        RowColumns.LOADED_AT);
        Stream<String> extra = plan.overflows() ? Stream.of(Table.EXTRA) : Stream.of();
        String columns =
                Stream.of(base, plan.columns().stream().map(Placement.Column::name), extra)
                        .flatMap(names -> names)
                        .map(Relation::quote)
                        .collect(Collectors.joining(", "));
        return "COPY %s (%s) FROM STDIN WITH (FORMAT binary)"
                .formatted(plan.relation().quoted(), columns);
    }

    private void send(CopyIn copy, TablePlan plan, List<Row> rows, long loadedAt)
            throws SQLException {
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
                flush(copy);
            }
        }
        binary.end();
        flush(copy);
    }

    private void flush(CopyIn copy) throws SQLException {
        copy.writeToCopy(buffer.array(), 0, buffer.size());
        buffer.clear();
    }

    /** Puts the row's values at their columns' places, and returns what has no place there. */
    private static @Nullable Bytes place(TablePlan plan, Row row, @Nullable Object[] values) {
        Arrays.fill(values, null);
        Bytes extra = null;
        for (int i = 0; i < row.size(); i++) {
            Object value = row.value(i);
            switch (plan.placement(row.slot(i), value)) {
                case Placement.Column column -> values[column.index()] = value;
                case Placement.Extra(String name) -> extra = spill(extra, name, value);
                case Placement.Refused _ -> {}
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
        extra.addByte(extra.size() == 0 ? '{' : ',');
        JsonText.string(extra, name);
        extra.addByte(':');
        JsonText.value(extra, value);
        return extra;
    }
}
