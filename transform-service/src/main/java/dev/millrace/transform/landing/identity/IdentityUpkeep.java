package dev.millrace.transform.landing.identity;

import dev.millrace.transform.schema.Relation;

import org.postgresql.util.PSQLState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import javax.sql.DataSource;

/**
 * Makes larger segments of smaller ones, so that there are few to look at. What they replace is
 * kept for a while, for landers that look there still.
 */
final class IdentityUpkeep {

    private static final Logger log = LoggerFactory.getLogger(IdentityUpkeep.class);

    /** So many segments of one size become one of the next. */
    private static final int FAN_IN = 8;

    private static final int BITS_OF_FAN_IN = 3;

    /** Segments of this size, from 8 million on, are left as they are. */
    private static final int LARGEST_CLASS = 25 / BITS_OF_FAN_IN;

    private static final Duration KEPT_FOR = Duration.ofMinutes(10);

    private final DataSource database;
    private final Clock clock;

    IdentityUpkeep(DataSource database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A segment that others may become part of. */
    private record Part(long id, long tableOid, long identities) {

        /** Segments of one class have about the same size. */
        int sizeClass() {
            return (Long.SIZE - Long.numberOfLeadingZeros(identities)) / BITS_OF_FAN_IN;
        }
    }

    /**
     * Makes one segment of several, if there are enough of one size, and nobody else does so.
     *
     * @return whether it was made
     */
    boolean merge(Relation relation) throws SQLException {
        try (Connection connection = database.getConnection()) {
            long merged = Atomically.run(connection, () -> merge(connection, relation));
            if (merged > 0) {
                log.debug("{} identities of {} are one segment now", merged, relation);
            }
            return merged > 0;
        }
    }

    private long merge(Connection connection, Relation relation) throws SQLException {
        limitTimes(connection);
        List<Part> parts = mergeable(connection, relation);
        if (parts.isEmpty() || !areMine(connection, parts)) {
            return 0;
        }
        long members = parts.stream().mapToLong(Part::identities).sum();
        SegmentWriter writer =
                new SegmentWriter(
                        connection, relation, parts.getFirst().tableOid(), members, now());
        long copied;
        try (Connection reading = database.getConnection()) {
            copied = Atomically.run(reading, () -> copy(reading, parts, writer));
            writer.end();
        } finally {
            writer.cancel();
        }
        if (copied != members) {
            // What is missing would be taken for new.
            throw new SQLException(
                    "%d of %d identities of %s are there; restore transform.identity_bucket"
                            .formatted(copied, members, relation),
                    PSQLState.IO_ERROR.getState());
        }
        replace(connection, relation, parts);
        return members;
    }

    /** Who stands still must not hold the locks for long. */
    private static void limitTimes(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    """
                    SET LOCAL idle_in_transaction_session_timeout = '60s';
                    SET LOCAL statement_timeout = '30min'\
                    """);
        }
    }

    private static boolean areMine(Connection connection, List<Part> parts) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT count(*) FROM (
                          SELECT FROM transform.identity_segment
                          WHERE id = ANY (?::bigint[]) AND replaced_at IS NULL
                          FOR NO KEY UPDATE SKIP LOCKED) s
                        """)) {
            select.setArray(1, ids(connection, parts));
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getInt(1) == parts.size();
            }
        }
    }

    private static Array ids(Connection connection, List<Part> parts) throws SQLException {
        return connection.createArrayOf("bigint", parts.stream().map(Part::id).toArray());
    }

    private static List<Part> mergeable(Connection connection, Relation relation)
            throws SQLException {
        Map<Integer, List<Part>> byClass = new TreeMap<>();
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT g.id, g.table_oid, g.identities
                        FROM transform.identity_stream s
                        JOIN transform.identity_segment g USING (relation, table_oid)
                        WHERE relation = ? AND g.replaced_at IS NULL ORDER BY g.id
                        """)) {
            select.setString(1, relation.qualified());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    Part part = new Part(rows.getLong(1), rows.getLong(2), rows.getLong(3));
                    byClass.computeIfAbsent(part.sizeClass(), _ -> new ArrayList<>()).add(part);
                }
            }
        }
        return byClass.entrySet().stream()
                .filter(e -> e.getKey() < LARGEST_CLASS && e.getValue().size() >= FAN_IN)
                .map(e -> e.getValue().subList(0, FAN_IN))
                .findFirst()
                .orElse(List.of());
    }

    private void replace(Connection connection, Relation relation, List<Part> parts)
            throws SQLException {
        try (PreparedStatement replaced =
                        connection.prepareStatement(
                                """
                                UPDATE transform.identity_segment SET replaced_at = ?
                                WHERE id = ANY (?::bigint[])
                                """);
                PreparedStatement layout =
                        connection.prepareStatement(
                                """
                                UPDATE transform.identity_stream SET layout = layout + 1
                                WHERE relation = ?
                                """)) {
            replaced.setObject(1, now());
            replaced.setArray(2, ids(connection, parts));
            replaced.executeUpdate();
            layout.setString(1, relation.qualified());
            layout.executeUpdate();
        }
    }

    /**
     * Reads the parts side by side, each in the order of its buckets, and writes them as one.
     *
     * @return how many members they have
     */
    private static long copy(Connection reading, List<Part> parts, SegmentWriter writer)
            throws SQLException {
        List<SegmentReader> readers = new ArrayList<>();
        try {
            for (Part part : parts) {
                readers.add(new SegmentReader(reading, part.id()));
            }
            int bits =
                    Math.min(
                            writer.bucketBits(),
                            readers.stream().mapToInt(SegmentReader::bucketBits).min().orElse(0));
            long members = 0;
            for (int prefix = 0; prefix < 1 << bits; prefix++) {
                Fingerprints together = new Fingerprints(0);
                for (SegmentReader reader : readers) {
                    reader.readTo(prefix, bits, together);
                }
                writer.write(together.sorted());
                members += together.size();
            }
            return members;
        } finally {
            for (SegmentReader reader : readers) {
                reader.close();
            }
        }
    }

    /**
     * Removes what was replaced, or of an earlier table, a while ago, a segment at a time, as a
     * large one takes seconds.
     */
    void remove(Relation relation) throws SQLException {
        OffsetDateTime before = now().minus(KEPT_FOR);
        try (Connection connection = database.getConnection();
                PreparedStatement segment =
                        connection.prepareStatement(
                                """
                                DELETE FROM transform.identity_segment WHERE id = (
                                  SELECT g.id FROM transform.identity_segment g
                                  JOIN transform.identity_stream s ON s.relation = g.relation
                                  WHERE g.relation = ? AND (g.replaced_at < ?
                                    OR g.made_at < ? AND g.table_oid <> s.table_oid)
                                  ORDER BY g.id LIMIT 1 FOR UPDATE OF g SKIP LOCKED)
                                """);
                PreparedStatement batches =
                        connection.prepareStatement(
                                """
                                DELETE FROM transform.identity_batch b
                                USING transform.identity_stream s
                                WHERE b.relation = ? AND b.at < ? AND s.relation = b.relation
                                  AND b.batch <= s.sealed_batch
                                """)) {
            for (PreparedStatement delete : List.of(segment, batches)) {
                delete.setString(1, relation.qualified());
                delete.setObject(2, before);
            }
            segment.setObject(3, before);
            batches.executeUpdate();
            while (segment.executeUpdate() > 0) {
                // The next one.
            }
        }
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
