package dev.millrace.transform.landing.load;

import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.transform.landing.load.Loads.Target;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Table;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A transaction in which a load of a stream takes its place, or what has none any more goes. */
final class LoadSwap {

    /** Of how many loads of a stream it is remembered what became of them. */
    private static final int REMEMBERED = 100;

    private static final List<String> OWN_COLUMNS =
            List.of(
                    RowColumns.ID,
                    RowColumns.EVENT_AT,
                    RowColumns.INGESTED_AT,
                    RowColumns.LOADED_AT,
                    Table.EXTRA);

    private final Connection connection;
    private final JdbcClient sql;
    private final Stream stream;
    private final Instant now;

    private LoadSwap(Connection connection, JdbcClient sql, Stream stream, Instant now) {
        this.connection = connection;
        this.sql = sql;
        this.stream = stream;
        this.now = now;
    }

    private record Stream(long id, String schemaName, String tableName, @Nullable String current) {

        Relation table() {
            return new Relation(schemaName, tableName);
        }
    }

    private record Progress(String load, @Nullable Long expected, long staged) {}

    /**
     * What was done.
     *
     * @param rows rows that the table got
     * @param watermark the latest event time in it; null if it has no rows
     * @param isChange whether readers see something else now
     */
    record Done(Relation table, long rows, @Nullable Instant watermark, boolean isChange) {}

    /** Why a load does not take its place, though as many records have come as it has. */
    static final class UnfitException extends Exception {
        UnfitException(String message) {
            super(message);
        }
    }

    /** Begins; nothing if another process looks after the stream right now. */
    static Optional<LoadSwap> begin(Connection connection, long stream, Instant now) {
        JdbcClient sql = JdbcClient.create(new SingleConnectionDataSource(connection, true));
        return sql.sql(
                        """
                        SELECT id, schema_name, table_name, current_load AS current
                        FROM transform.load_stream WHERE id = ? FOR NO KEY UPDATE SKIP LOCKED
                        """)
                .param(stream)
                .query(Stream.class)
                .optional()
                .map(found -> new LoadSwap(connection, sql, found, now));
    }

    /**
     * Does what is to be done for a load.
     *
     * @throws UnfitException if it stays as it is; an older one may be looked at then
     */
    Done attempt(String name) throws SQLException, UnfitException {
        Progress load = take(name);
        String current = stream.current();
        if (current != null && name.compareTo(current) < 0) {
            drop(name);
            return new Done(stream.table(), 0, null, false);
        }
        return name.equals(current) ? addLate(load) : replace(load);
    }

    /** Notes why a load does not take its place. */
    void setProblem(String load, String problem) {
        setProblem(sql, stream.id(), load, problem);
    }

    /** The same outside of a swap. */
    static void setProblem(JdbcClient sql, long stream, String load, String problem) {
        sql.sql("UPDATE transform.load SET problem = ? WHERE stream_id = ? AND load = ?")
                .params(problem, stream, load)
                .update();
    }

    /**
     * Takes the news of a load. Whoever lands some of it right now holds its row until all of that
     * can be seen; what comes later is news again. Older loads, of which nothing will matter any
     * more, are locked as well, in the order in which those who land lock them.
     */
    private Progress take(String load) throws SQLException {
        sql.sql(
                        """
                        SELECT load FROM transform.load
                        WHERE stream_id = ? AND load <= ? AND has_news ORDER BY load FOR UPDATE
                        """)
                .params(stream.id(), load)
                .query(String.class)
                .list();
        return sql.sql(
                        """
                        UPDATE transform.load SET has_news = false WHERE stream_id = ? AND load = ?
                        RETURNING load, expected, staged
                        """)
                .params(stream.id(), load)
                .query(Progress.class)
                .optional()
                .orElseThrow(() -> new SQLException("load %s was reset".formatted(load)));
    }

    private long count(String query, Progress load) {
        return sql.sql(query).params(stream.id(), load.load()).query(Long.class).single();
    }

    private Done replace(Progress load) throws SQLException, UnfitException {
        long distinct =
                count(
                        """
                        SELECT count(DISTINCT id) FROM transform.load_row
                        WHERE stream_id = ? AND load = ?
                        """,
                        load);
        long leftOut =
                count(
                        """
                        SELECT count(*) FROM transform.load_left_out
                        WHERE stream_id = ? AND load = ?
                        """,
                        load);
        if (load.expected() == null || distinct + leftOut < load.expected()) {
            throw new UnfitException(
                    "%d records have come, of which %d are different, and %d without a row; it has %s"
                            .formatted(load.staged(), distinct, leftOut, load.expected()));
        }
        // Who expects none, as an operator may in the load's place, has the table emptied.
        if (distinct == 0 && load.expected() > 0) {
            throw new UnfitException(
                    "none of its %d records became a row, and the table stays as it is: replay them"
                                    .formatted(leftOut)
                            + " from quarantine, or have the load taken for complete");
        }
        Target target = Target.read(connection, stream.table());
        if (target.isThere() && !target.columns().contains(Table.LOAD)) {
            throw new SQLException(
                    "%s was made for another write_disposition; rename or drop it"
                            .formatted(stream.table()));
        }
        if (target.isThere()) {
            sql.sql("DELETE FROM " + stream.table().quoted()).update();
        }
        // Sorting a whole load is not free.
        long all =
                count(
                        "SELECT count(*) FROM transform.load_row WHERE stream_id = ? AND load = ?",
                        load);
        long rows = distinct == 0 ? 0 : insert(target, load, distinct != all, "");
        drop(load.load());
        settle(load, rows, distinct + leftOut);
        return new Done(stream.table(), rows, watermark(target), true);
    }

    /** What came when the load had taken its place already. */
    private Done addLate(Progress load) throws SQLException {
        Target target = Target.read(connection, stream.table());
        long rows =
                insert(
                        target,
                        load,
                        true,
                        "WHERE NOT EXISTS (SELECT FROM %s t WHERE t._mr_id = w.id)"
                                .formatted(stream.table().quoted()));
        drop(load.load());
        sql.sql(
                        """
                        UPDATE transform.load SET rows = rows + ?, problem = NULL
                        WHERE stream_id = ? AND load = ?
                        """)
                .params(rows, stream.id(), load.load())
                .update();
        return new Done(stream.table(), rows, watermark(target), rows > 0);
    }

    /**
     * Values for which the table has no column any more are in its overflow.
     *
     * @param isTwice whether some rows may have come twice
     */
    private long insert(Target target, Progress load, boolean isTwice, String condition)
            throws SQLException {
        List<String> columns = columns(target);
        return sql.sql(
                        """
                        INSERT INTO %1$s (%2$s, %3$s)
                        SELECT w.id, w.event_at, w.ingested_at, w.loaded_at, nullif(
                          coalesce(w.extra, '{}') || (w.columns - ?::text[]), '{}'), %4$s
                        FROM (
                          SELECT %5$s * FROM transform.load_row
                          WHERE stream_id = ? AND load = ? %6$s) w
                        CROSS JOIN LATERAL jsonb_populate_record(NULL::%1$s, w.columns) r
                        %7$s
                        """
                                .formatted(
                                        stream.table().quoted(),
                                        names(OWN_COLUMNS, ""),
                                        names(columns, ""),
                                        names(columns, "r."),
                                        isTwice ? "DISTINCT ON (id)" : "",
                                        isTwice ? "ORDER BY id, event_at, loaded_at" : "",
                                        condition))
                .params(columns.toArray(String[]::new), stream.id(), load.load())
                .update();
    }

    private static String names(List<String> columns, String alias) {
        return columns.stream()
                .map(column -> alias + Relation.quote(column))
                .collect(Collectors.joining(", "));
    }

    /** The columns that landing writes; those of others keep their defaults. */
    private List<String> columns(Target target) throws SQLException {
        List<String> columns =
                new ArrayList<>(
                        sql.sql(
                                        """
                                        SELECT column_name FROM transform.load_column
                                        WHERE stream_id = ? ORDER BY column_name
                                        """)
                                .param(stream.id())
                                .query(String.class)
                                .list());
        columns.removeIf(column -> !target.columns().contains(column));
        if (!columns.contains(Table.LOAD)) {
            throw new SQLException(
                    "%s is no longer there; the next record of its stream makes it anew"
                            .formatted(stream.table()));
        }
        return columns;
    }

    private @Nullable Instant watermark(Target target) {
        if (!target.isThere()) {
            return null;
        }
        @Nullable OffsetDateTime latest =
                sql.sql(
                                "SELECT max(%s) FROM %s"
                                        .formatted(RowColumns.EVENT_AT, stream.table().quoted()))
                        .query((row, _) -> row.getObject(1, OffsetDateTime.class))
                        .list()
                        .getFirst();
        return latest == null ? null : latest.toInstant();
    }

    /** Forgets what waits for a load, and for older ones. */
    private void drop(String load) {
        for (String statement :
                List.of(
                        """
                        UPDATE transform.load SET has_news = false
                        WHERE stream_id = ? AND load <= ? AND has_news
                        """,
                        "DELETE FROM transform.load_left_out WHERE stream_id = ? AND load < ?",
                        "DELETE FROM transform.load_row WHERE stream_id = ? AND load <= ?")) {
            sql.sql(statement).params(stream.id(), load).update();
        }
    }

    private void settle(Progress load, long rows, long records) {
        sql.sql(
                        """
                        UPDATE transform.load_stream
                        SET current_load = ?, table_oid = coalesce(to_regclass(?)::oid, table_oid)
                        WHERE id = ?
                        """)
                .params(load.load(), stream.table().quoted(), stream.id())
                .update();
        sql.sql(
                        """
                        UPDATE transform.load
                        SET replaced_at = ?::timestamptz, rows = ?, problem = NULL,
                          expected = greatest(expected, ?)
                        WHERE stream_id = ? AND load = ?
                        """)
                .params(now.toString(), rows, records, stream.id(), load.load())
                .update();
        sql.sql(
                        """
                        DELETE FROM transform.load WHERE stream_id = ? AND load <= (
                          SELECT load FROM transform.load WHERE stream_id = ? AND load <= ?
                          ORDER BY load DESC OFFSET ? LIMIT 1)
                        """)
                .params(stream.id(), stream.id(), load.load(), REMEMBERED)
                .update();
    }
}
