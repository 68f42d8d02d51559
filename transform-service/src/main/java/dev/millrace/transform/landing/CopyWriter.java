package dev.millrace.transform.landing;

import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Table;

import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the rows of a plan by one binary {@code COPY}. */
final class CopyWriter {

    private final RowEncoder encoder = new RowEncoder();

    /** Copies the rows into the plan's table, all or none of them. */
    void copy(Connection connection, TablePlan plan, List<Row> rows, long loadedAt)
            throws SQLException {
        CopyIn copy =
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn(
                                "COPY %s (%s) FROM STDIN WITH (FORMAT binary)"
                                        .formatted(plan.relation().quoted(), columns(plan)));
        try {
            encoder.encode(plan, rows, loadedAt, (bytes, size) -> copy.writeToCopy(bytes, 0, size));
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
}
