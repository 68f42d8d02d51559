package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.contracts.warehouse.SqlText;
import dev.millrace.transform.publish.ChangeFeed.Batch;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.util.List;
import java.util.Objects;

/**
 * Finds the rows that batches added to a table. They stand near its end, and nothing tells where:
 * so they are looked for from behind, and counted.
 */
final class NewRows {

    private static final Logger log = LoggerFactory.getLogger(NewRows.class);

    /** Blocks that landers who work at the same time may have begun before others. */
    private static final long NEAR = 1_024;

    private static final int WIDER = 16;

    private NewRows() {}

    /**
     * Where rows were found.
     *
     * @param source a sub-query that gives them
     * @param block where later ones may begin
     * @param rows how many there are; more than were added if others have the same moment
     */
    record Found(String source, long block, long rows) {}

    private record Counted(long rows, long block) {}

    static Found find(Sql sql, Changes changes) throws SQLException {
        String table = changes.input().relation().quoted();
        boolean isParted =
                sql.query(
                                "SELECT relkind::text FROM pg_class WHERE oid = to_regclass(?)",
                                row -> row.getString(1).equals("p"),
                                table)
                        .getFirst();
        if (isParted) {
            String source = source(changes, times(changes.batches()));
            return new Found(source, 0, sql.number("SELECT count(*) FROM " + source + " AS r"));
        }
        long back = NEAR;
        while (true) {
            long from = Math.max(0, changes.from().block() - back);
            String where = from == 0 ? "" : " AND ctid >= '(%d,0)'::tid".formatted(from);
            Counted counted =
                    sql.query(
                                    "SELECT count(*), coalesce(min(ctid)::text, '') FROM %s AS r"
                                            .formatted(source(changes, where, "*, ctid")),
                                    row -> new Counted(row.getLong(1), block(row.getString(2))))
                            .getFirst();
            if (counted.rows() >= changes.rows() || from == 0) {
                if (counted.rows() < changes.rows()) {
                    log.info(
                            "{} has {} rows fewer than were added: somebody deleted some",
                            changes.input().relation(),
                            changes.rows() - counted.rows());
                }
                boolean isFar = back > NEAR || counted.rows() == 0;
                return new Found(
                        source(changes, where),
                        isFar ? counted.block() : Math.max(counted.block(), changes.from().block()),
                        counted.rows());
            }
            log.debug("{} has new rows before block {}", table, from);
            back *= WIDER;
        }
    }

    private static long block(String ctid) {
        return ctid.isEmpty() ? 0 : Long.parseLong(ctid.substring(1, ctid.indexOf(',')));
    }

    /** Which partitions they can be in. */
    private static String times(List<Batch> batches) {
        if (batches.stream().anyMatch(b -> b.earliest() == null || b.latest() == null)) {
            return "";
        }
        String column = RelationName.quote(RowColumns.EVENT_AT);
        return " AND (%s)"
                .formatted(
                        String.join(
                                " OR ",
                                batches.stream()
                                        .map(
                                                b ->
                                                        "%s BETWEEN %s AND %s"
                                                                .formatted(
                                                                        column,
                                                                        SqlText.literal(
                                                                                Objects
                                                                                        .requireNonNull(
                                                                                                b
                                                                                                        .earliest())),
                                                                        SqlText.literal(
                                                                                Objects
                                                                                        .requireNonNull(
                                                                                                b
                                                                                                        .latest()))))
                                        .distinct()
                                        .toList()));
    }

    private static String source(Changes changes, String where) {
        return source(changes, where, "*");
    }

    private static String source(Changes changes, String where, String columns) {
        return "(SELECT %s FROM %s WHERE %s = ANY (%s)%s)"
                .formatted(
                        columns,
                        changes.input().relation().quoted(),
                        RelationName.quote(RowColumns.LOADED_AT),
                        Changes.moments(changes.batches()),
                        where);
    }
}
