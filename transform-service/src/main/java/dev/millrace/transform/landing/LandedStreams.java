package dev.millrace.transform.landing;

import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.publish.Datasets;
import dev.millrace.transform.schema.Relation;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Counts what has landed in each relation. */
final class LandedStreams {

    private LandedStreams() {}

    /**
     * What a batch did to a relation.
     *
     * @param rows rows that are new, or identities whose row changed
     * @param duplicates rows that were there already, or twice in the batch
     * @param lastEventAt the latest event time among the new rows
     * @param isVisible whether the relation has the rows now, and not only once their load is
     *     complete
     * @param written the rows that it wrote, or whose keys it changed
     */
    record Change(
            Relation relation,
            long rows,
            long duplicates,
            @Nullable Instant lastEventAt,
            boolean isVisible,
            WrittenRows written) {

        static Change waiting(Relation relation, List<Row> waiting, long outrun) {
            return new Change(
                    relation, waiting.size(), outrun, latest(waiting), false, WrittenRows.none());
        }

        static Change of(Relation relation, List<Row> rows, BitSet landed, long duplicates) {
            List<Row> fresh = rows.stream().filter(row -> landed.get(row.record())).toList();
            return new Change(
                    relation,
                    rows.size() - duplicates,
                    duplicates,
                    latest(fresh),
                    true,
                    WrittenRows.added(fresh));
        }

        static Change merged(Relation relation, List<Row> rows, long identities) {
            return new Change(
                    relation, identities, 0, latest(rows), true, WrittenRows.changed(rows));
        }

        static Change changed(Relation relation, List<Row> rows, long changed) {
            return new Change(
                    relation,
                    changed,
                    Math.max(0, rows.size() - changed),
                    latest(rows),
                    true,
                    WrittenRows.changed(rows));
        }

        Datasets.Change toDatasetChange() {
            return Datasets.Change.landed(relation.qualified(), rows, lastEventAt);
        }

        private static @Nullable Instant latest(List<Row> rows) {
            return rows.isEmpty()
                    ? null
                    : Times.instant(rows.stream().mapToLong(Row::eventAt).max().getAsLong());
        }
    }

    /** Adds to the counts, in the connection's transaction. */
    static void add(
            Connection connection,
            List<Change> changes,
            Map<Relation, Map<LateRows.Lag, Long>> late,
            Instant loadedAt)
            throws SQLException {
        if (changes.isEmpty()) {
            return;
        }
        List<Change> ordered =
                changes.stream().sorted(Comparator.comparing(Change::relation)).toList();
        try (PreparedStatement upsert =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.landed_stream AS s
                          (relation, source, stream, rows, duplicates, last_event_at, last_loaded_at,
                            late_rows)
                        SELECT c.relation, c.source, c.stream, c.rows, c.duplicates,
                          c.last_event_at, CASE WHEN c.rows > 0 THEN ?::timestamptz END, c.late_rows
                        FROM unnest(?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[],
                          ?::timestamptz[], ?::bigint[]) WITH ORDINALITY
                          AS c (relation, source, stream, rows, duplicates, last_event_at,
                            late_rows, n)
                        ORDER BY c.n
                        ON CONFLICT (relation) DO UPDATE SET
                          rows = s.rows + EXCLUDED.rows,
                          duplicates = s.duplicates + EXCLUDED.duplicates,
                          last_event_at = greatest(s.last_event_at, EXCLUDED.last_event_at),
                          last_loaded_at = greatest(s.last_loaded_at, EXCLUDED.last_loaded_at),
                          late_rows = s.late_rows + EXCLUDED.late_rows
                        """)) {
            upsert.setString(1, loadedAt.toString());
            upsert.setArray(2, array(connection, "text", ordered, c -> c.relation().qualified()));
            upsert.setArray(3, array(connection, "text", ordered, c -> c.relation().schema()));
            upsert.setArray(4, array(connection, "text", ordered, c -> c.relation().name()));
            upsert.setArray(5, array(connection, "bigint", ordered, Change::rows));
            upsert.setArray(6, array(connection, "bigint", ordered, Change::duplicates));
            upsert.setArray(
                    7,
                    array(
                            connection,
                            "timestamptz",
                            ordered,
                            c -> {
                                Instant at = c.lastEventAt();
                                return at == null ? null : Times.sql(Times.micros(at));
                            }));
            upsert.setArray(
                    8,
                    array(
                            connection,
                            "bigint",
                            ordered,
                            c ->
                                    late.getOrDefault(c.relation(), Map.of()).values().stream()
                                            .mapToLong(Long::longValue)
                                            .sum()));
            upsert.executeUpdate();
        }
    }

    private static java.sql.Array array(
            Connection connection,
            String type,
            List<Change> changes,
            java.util.function.Function<Change, @Nullable Object> value)
            throws SQLException {
        return connection.createArrayOf(type, changes.stream().map(value).toArray());
    }
}
