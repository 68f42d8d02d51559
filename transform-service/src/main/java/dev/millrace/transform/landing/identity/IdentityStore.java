package dev.millrace.transform.landing.identity;

import dev.millrace.transform.landing.identity.IdentityLedger.Added;
import dev.millrace.transform.schema.Relation;

import org.postgresql.util.PSQLState;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The identities of tables as PostgreSQL keeps them. */
final class IdentityStore {

    /** What a lander has just looked for must not be in a segment that it does not know of. */
    static final int LATEST_LEFT_OUT = 16;

    private static final int PARTS_AT_ONCE = 4;

    private final IdentityAdoption adoption;

    IdentityStore(IdentityAdoption adoption) {
        this.adoption = adoption;
    }

    /**
     * Where the batches of a table stand.
     *
     * @param tableOid the table whose identities these are
     * @param isThere whether it is still the one of that name
     * @param nextBatch the number that the next one gets
     * @param sealedBatch batches up to here are in segments
     */
    record Head(long tableOid, boolean isThere, long layout, long nextBatch, long sealedBatch) {

        /** Whether somebody saw the same table with the same segments. */
        boolean isOf(IdentityLedger.Seen seen) {
            return isThere && tableOid == seen.tableOid() && layout == seen.layout();
        }
    }

    /** Waits until nobody else adds to the tables, and tells where they stand. */
    Map<String, Head> lock(Connection connection, List<Relation> relations) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT s.relation, s.table_oid,
                          coalesce(to_regclass(q.quoted)::oid = s.table_oid, false), s.layout,
                          s.next_batch, s.sealed_batch
                        FROM transform.identity_stream s
                        JOIN unnest(?::text[], ?::text[]) AS q (relation, quoted)
                          ON q.relation = s.relation
                        ORDER BY s.relation FOR NO KEY UPDATE OF s
                        """)) {
            select.setArray(
                    1,
                    connection.createArrayOf(
                            "text", relations.stream().map(Relation::qualified).toArray()));
            select.setArray(
                    2,
                    connection.createArrayOf(
                            "text", relations.stream().map(Relation::quoted).toArray()));
            Map<String, Head> heads = new HashMap<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    heads.put(
                            rows.getString(1),
                            new Head(
                                    rows.getLong(2),
                                    rows.getBoolean(3),
                                    rows.getLong(4),
                                    rows.getLong(5),
                                    rows.getLong(6)));
                }
            }
            return heads;
        }
    }

    /** Adds a batch to each of the tables, which the connection has locked. */
    void append(
            Connection connection,
            List<Added> added,
            Map<Relation, Long> numbers,
            OffsetDateTime at)
            throws SQLException {
        String[] relations = new String[added.size()];
        Long[] batches = new Long[added.size()];
        byte[][] fingerprints = new byte[added.size()][];
        for (int i = 0; i < relations.length; i++) {
            Added some = added.get(i);
            relations[i] = some.relation().qualified();
            batches[i] = Objects.requireNonNull(numbers.get(some.relation()));
            fingerprints[i] = some.fingerprints().toBytes();
        }
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        WITH added AS (
                          INSERT INTO transform.identity_batch (relation, batch, at, fingerprints)
                          SELECT a.relation, a.batch, ?, a.fingerprints
                          FROM unnest(?::text[], ?::bigint[], ?::bytea[])
                            AS a (relation, batch, fingerprints)
                          RETURNING relation)
                        UPDATE transform.identity_stream s SET next_batch = s.next_batch + 1
                        FROM added WHERE s.relation = added.relation
                        """)) {
            insert.setObject(1, at);
            insert.setArray(2, connection.createArrayOf("text", relations));
            insert.setArray(3, connection.createArrayOf("bigint", batches));
            insert.setArray(4, connection.createArrayOf("bytea", fingerprints));
            insert.executeUpdate();
        }
    }

    /** The identities of batches, in the order of their numbers. */
    Map<Long, Fingerprints> batches(Connection connection, Relation relation, long from, long to)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT batch, fingerprints FROM transform.identity_batch
                        WHERE relation = ? AND batch BETWEEN ? AND ? ORDER BY batch
                        """)) {
            select.setString(1, relation.qualified());
            select.setLong(2, from);
            select.setLong(3, to);
            Map<Long, Fingerprints> batches = new TreeMap<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    batches.put(rows.getLong(1), Fingerprints.read(rows.getBytes(2)));
                }
            }
            return batches;
        }
    }

    /**
     * All there is of a table, as of one moment. A table that nothing is known of, or that was made
     * anew, is begun with.
     *
     * @param there segments whose filters need not be read again
     */
    KnownIdentities load(Connection connection, Relation relation, List<Segment> there)
            throws SQLException {
        adoption.adopt(connection, relation);
        return Atomically.run(
                connection,
                () -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute(
                                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
                    }
                    return loadAsOfNow(connection, relation, there);
                });
    }

    /** What of a table is in no segment, and can be in one by now. */
    record Unsealed(long identities, long batches) {}

    Unsealed unsealed(Connection connection, Relation relation) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT coalesce(sum(octet_length(b.fingerprints)), 0) / ?, count(*)
                        FROM transform.identity_stream s
                        JOIN transform.identity_batch b
                          ON b.relation = s.relation AND b.batch > s.sealed_batch
                            AND b.batch < s.next_batch - ?
                        WHERE s.relation = ?
                        """)) {
            select.setInt(1, Fingerprints.BYTES);
            select.setInt(2, LATEST_LEFT_OUT);
            select.setString(3, relation.qualified());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new Unsealed(row.getLong(1), row.getLong(2));
            }
        }
    }

    private KnownIdentities loadAsOfNow(
            Connection connection, Relation relation, List<Segment> there) throws SQLException {
        Head head = head(connection, relation);
        Fingerprints unsealed = new Fingerprints(0);
        batches(connection, relation, head.sealedBatch() + 1, head.nextBatch() - 1)
                .values()
                .forEach(unsealed::addAll);
        return new KnownIdentities(
                head.tableOid(),
                head.layout(),
                head.nextBatch() - 1,
                unsealed,
                segments(connection, relation, head.tableOid(), there));
    }

    Head head(Connection connection, Relation relation) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT table_oid, layout, next_batch, sealed_batch
                        FROM transform.identity_stream WHERE relation = ?
                        """)) {
            select.setString(1, relation.qualified());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("the identities of " + relation + " were just removed");
                }
                return new Head(
                        row.getLong(1), true, row.getLong(2), row.getLong(3), row.getLong(4));
            }
        }
    }

    private static List<Segment> segments(
            Connection connection, Relation relation, long tableOid, List<Segment> there)
            throws SQLException {
        Map<Long, Segment> byId = new HashMap<>();
        there.forEach(segment -> byId.put(segment.id(), segment));
        List<Segment> segments = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT id, identities, bucket_bits, filter_bytes
                        FROM transform.identity_segment
                        WHERE relation = ? AND table_oid = ? AND replaced_at IS NULL ORDER BY id
                        """)) {
            select.setString(1, relation.qualified());
            select.setLong(2, tableOid);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    long id = rows.getLong(1);
                    Segment known = byId.get(id);
                    segments.add(
                            known != null
                                    ? known
                                    : new Segment(
                                            id,
                                            rows.getLong(2),
                                            rows.getInt(3),
                                            filter(connection, id, rows.getInt(4))));
                }
            }
        }
        return segments;
    }

    private static IdentityFilter filter(Connection connection, long segment, int bytes)
            throws SQLException {
        IdentityFilter filter = IdentityFilter.ofBytes(bytes);
        int read = 0;
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT part, bytes FROM transform.identity_filter WHERE segment = ?")) {
            select.setFetchSize(PARTS_AT_ONCE);
            select.setLong(1, segment);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    byte[] part = rows.getBytes(2);
                    filter.put(rows.getInt(1), part);
                    read += part.length;
                }
            }
        }
        if (read != bytes) {
            // What it does not have would be taken for new.
            throw new SQLException(
                    "of segment %d in transform.identity_segment, %d of %d bytes of the filter are there; restore transform.identity_filter"
                            .formatted(segment, read, bytes),
                    PSQLState.IO_ERROR.getState());
        }
        return filter;
    }
}
