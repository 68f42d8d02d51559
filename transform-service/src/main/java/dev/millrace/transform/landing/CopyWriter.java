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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the rows of a plan by one binary {@code COPY}. */
final class CopyWriter {

    private static final int FLUSH_AT = 256 << 10;
    private static final int BASE_COLUMNS = 4;
    private static final String STAGING = "pg_temp._mr_staging";

    private final Bytes buffer = new Bytes(FLUSH_AT + (64 << 10));
    private final BinaryRows binary = new BinaryRows(buffer);

    /** Copies the rows straight into the plan's table, all or none of them. */
    void copy(Connection connection, TablePlan plan, List<Row> rows, long loadedAt)
            throws SQLException {
        copy(connection, plan, plan.relation().quoted(), rows, loadedAt);
    }

    /**
     * Copies the rows into a table of the moment, and from there those into the plan's table whose
     * identities it does not have, also if somebody else adds them right now.
     *
     * @return the identities of the rows that were new
     */
    Set<String> copyNew(Connection connection, TablePlan plan, List<Row> rows, long loadedAt)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TEMP TABLE %s (LIKE %s) ON COMMIT DROP"
                            .formatted(STAGING, plan.relation().quoted()));
            copy(connection, plan, STAGING, rows, loadedAt);
            Set<String> fresh = new HashSet<>();
            try (ResultSet added =
                    statement.executeQuery(
                            """
                            INSERT INTO %1$s (%2$s) SELECT %2$s FROM %3$s ORDER BY _mr_id
                            ON CONFLICT (_mr_id) DO NOTHING RETURNING _mr_id
                            """
                                    .formatted(plan.relation().quoted(), columns(plan), STAGING))) {
                while (added.next()) {
                    fresh.add(added.getString(1));
                }
            }
            statement.execute("DROP TABLE " + STAGING);
            return fresh;
        }
    }

    private void copy(
            Connection connection, TablePlan plan, String table, List<Row> rows, long loadedAt)
            throws SQLException {
        CopyIn copy =
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn(
                                "COPY %s (%s) FROM STDIN WITH (FORMAT binary)"
                                        .formatted(table, columns(plan)));
        try {
            send(copy, plan, rows, loadedAt);
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private static String columns(TablePlan plan) {
        Stream<String> base =
                Stream.of(
                        RowColumns.ID,
                        RowColumns.EVENT_AT,
                        RowColumns.INGESTED_AT,
                        RowColumns.LOADED_AT);
        Stream<String> extra = plan.overflows() ? Stream.of(Table.EXTRA) : Stream.of();
        return Stream.of(base, plan.columns().stream().map(Placement.Column::name), extra)
                .flatMap(names -> names)
                .map(Relation::quote)
                .collect(Collectors.joining(", "));
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
        JsonText.member(extra, name, value);
        return extra;
    }
}
