package dev.millrace.transform.landing.identity;

import dev.millrace.transform.landing.identity.IdentityStore.Head;
import dev.millrace.transform.schema.Relation;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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
 * Makes segments of batches, and larger segments of smaller ones, so that there are few to look at.
 * What they replace is kept for a while, for landers that look there still.
 */
final class IdentityUpkeep {

    /** More batches than this are worth a segment, however small they are. */
    static final int MOST_BATCHES = 1_000;

    private static final Logger log = LoggerFactory.getLogger(IdentityUpkeep.class);

    /** What a lander has just looked for must not be in a segment that it does not know of. */
    private static final int LATEST_LEFT_OUT = 16;

    /** So many segments of one size become one of the next. */
    static final int FAN_IN = 8;

    private static final int BITS_OF_FAN_IN = 3;

    /** Segments of this size, 32 million, are left as they are. */
    private static final int LARGEST_CLASS = 25 / BITS_OF_FAN_IN;

    /** So many batches make one segment at most: they are in memory meanwhile. */
    private static final int MOST_SEALED_AT_ONCE = 2_000;

    private static final Duration KEPT_FOR = Duration.ofMinutes(10);

    private final DataSource database;
    private final Clock clock;
    private final IdentityStore store;

    IdentityUpkeep(DataSource database, Clock clock, IdentityStore store) {
        this.database = database;
        this.clock = clock;
        this.store = store;
    }

    /** A segment that others may become part of. */
    private record Part(long id, long identities) {

        /** Segments of one class have about the same size. */
        int sizeClass() {
            return (Long.SIZE - Long.numberOfLeadingZeros(identities)) / BITS_OF_FAN_IN;
        }
    }

    /** Does what is to be done for a table, unless another process does so right now. */
    void keep(Relation relation) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                if (isMine(connection, relation)) {
                    seal(connection, relation);
                    merge(connection, relation);
                    remove(connection, relation);
                }
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    private static boolean isMine(Connection connection, Relation relation) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT FROM transform.identity_upkeep WHERE relation = ?
                        FOR UPDATE SKIP LOCKED
                        """)) {
            select.setString(1, relation.qualified());
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    private void seal(Connection connection, Relation relation) throws SQLException {
        Head head = store.head(connection, relation);
        long last =
                Math.min(
                        head.nextBatch() - 1 - LATEST_LEFT_OUT,
                        head.sealedBatch() + MOST_SEALED_AT_ONCE);
        if (last <= head.sealedBatch()) {
            return;
        }
        Fingerprints members = new Fingerprints(0);
        store.batches(connection, relation, head.sealedBatch() + 1, last)
                .values()
                .forEach(members::addAll);
        SegmentWriter writer = new SegmentWriter(connection, relation, members.size(), now());
        try {
            writer.write(members.sorted());
            writer.end();
        } finally {
            writer.cancel();
        }
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        UPDATE transform.identity_stream
                        SET sealed_batch = ?, layout = layout + 1 WHERE relation = ?
                        """)) {
            update.setLong(1, last);
            update.setString(2, relation.qualified());
            update.executeUpdate();
        }
        // Landers wait for this row from here on.
        connection.commit();
        log.debug("{} identities of {} are a segment now", members.size(), relation);
    }

    private void merge(Connection connection, Relation relation) throws SQLException {
        for (List<Part> parts = mergeable(connection, relation);
                !parts.isEmpty();
                parts = mergeable(connection, relation)) {
            merge(connection, relation, parts);
        }
    }

    private static List<Part> mergeable(Connection connection, Relation relation)
            throws SQLException {
        Map<Integer, List<Part>> byClass = new TreeMap<>();
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT id, identities FROM transform.identity_segment
                        WHERE relation = ? AND replaced_at IS NULL ORDER BY id
                        """)) {
            select.setString(1, relation.qualified());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    Part part = new Part(rows.getLong(1), rows.getLong(2));
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

    private void merge(Connection connection, Relation relation, List<Part> parts)
            throws SQLException {
        long members = parts.stream().mapToLong(Part::identities).sum();
        SegmentWriter writer = new SegmentWriter(connection, relation, members, now());
        try (Connection reading = database.getConnection()) {
            reading.setAutoCommit(false);
            try {
                copy(reading, parts, writer);
            } finally {
                reading.rollback();
                reading.setAutoCommit(true);
            }
            writer.end();
        } finally {
            writer.cancel();
        }
        if (!replace(connection, relation, parts)) {
            // Another process was faster with them.
            connection.rollback();
            return;
        }
        connection.commit();
        log.debug("{} identities of {} are one segment now", members, relation);
    }

    private boolean replace(Connection connection, Relation relation, List<Part> parts)
            throws SQLException {
        try (PreparedStatement replaced =
                        connection.prepareStatement(
                                """
                                UPDATE transform.identity_segment SET replaced_at = ?
                                WHERE id = ANY (?::bigint[]) AND replaced_at IS NULL
                                """);
                PreparedStatement layout =
                        connection.prepareStatement(
                                """
                                UPDATE transform.identity_stream SET layout = layout + 1
                                WHERE relation = ?
                                """)) {
            replaced.setObject(1, now());
            replaced.setArray(
                    2, connection.createArrayOf("bigint", parts.stream().map(Part::id).toArray()));
            if (replaced.executeUpdate() != parts.size()) {
                return false;
            }
            layout.setString(1, relation.qualified());
            layout.executeUpdate();
            return true;
        }
    }

    /** Reads the parts side by side, each in the order of its buckets, and writes them as one. */
    private static void copy(Connection reading, List<Part> parts, SegmentWriter writer)
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
            for (int prefix = 0; prefix < 1 << bits; prefix++) {
                Fingerprints together = new Fingerprints(0);
                for (SegmentReader reader : readers) {
                    reader.readTo(prefix, bits, together);
                }
                writer.write(together.sorted());
            }
        } finally {
            for (SegmentReader reader : readers) {
                reader.close();
            }
        }
    }

    private void remove(Connection connection, Relation relation) throws SQLException {
        OffsetDateTime before = now().minus(KEPT_FOR);
        try (PreparedStatement segments =
                        connection.prepareStatement(
                                """
                                DELETE FROM transform.identity_segment
                                WHERE relation = ? AND replaced_at < ?
                                """);
                PreparedStatement batches =
                        connection.prepareStatement(
                                """
                                DELETE FROM transform.identity_batch b
                                USING transform.identity_stream s
                                WHERE b.relation = ? AND b.at < ? AND s.relation = b.relation
                                  AND b.batch <= s.sealed_batch
                                """)) {
            for (PreparedStatement delete : List.of(segments, batches)) {
                delete.setString(1, relation.qualified());
                delete.setObject(2, before);
                delete.executeUpdate();
            }
        }
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
