package dev.millrace.transform.landing.identity;

import dev.millrace.transform.landing.identity.IdentityStore.Head;
import dev.millrace.transform.landing.identity.IdentityStore.Unsealed;
import dev.millrace.transform.schema.Relation;

import org.postgresql.util.PSQLState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import javax.sql.DataSource;

/** Makes segments of batches. */
final class IdentitySealing {

    /** More batches than this are worth a segment, however small they are. */
    private static final int MOST_BATCHES = 1_000;

    private static final Logger log = LoggerFactory.getLogger(IdentitySealing.class);

    private static final int BACKLOG = 4;

    private final DataSource database;
    private final Clock clock;
    private final IdentityStore store;
    private final int segmentSize;

    /**
     * @param segmentSize so many identities are worth a segment, and no segment is made of more
     *     than twice as many, as they are in memory meanwhile, unless a single batch has more
     */
    IdentitySealing(DataSource database, Clock clock, IdentityStore store, int segmentSize) {
        this.database = database;
        this.clock = clock;
        this.store = store;
        this.segmentSize = segmentSize;
    }

    /** What to do if others are at it. */
    enum Others {
        /** They do it. */
        SKIP,
        /** They are waited for. */
        WAIT
    }

    /** So many that are in no segment are too much for the heap. */
    int backlog() {
        return BACKLOG * segmentSize;
    }

    /** Makes segments until there is no backlog. */
    void catchUp(Relation relation) throws SQLException {
        while (unsealed(relation).identities() > backlog() && seal(relation, Others.WAIT)) {
            log.debug("A segment of {} could not wait", relation);
        }
    }

    /** Whether there is enough for a segment. */
    boolean isDue(Relation relation) throws SQLException {
        Unsealed unsealed = unsealed(relation);
        return isWorthASegment(unsealed.identities(), unsealed.batches());
    }

    /** Whether so many identities, or so many batches of them, are enough for a segment. */
    boolean isWorthASegment(long identities, long batches) {
        return identities >= segmentSize || batches >= MOST_BATCHES;
    }

    private Unsealed unsealed(Relation relation) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return store.unsealed(connection, relation);
        }
    }

    /**
     * Makes one segment.
     *
     * @return whether it was made
     */
    boolean seal(Relation relation, Others others) throws SQLException {
        try (Connection connection = database.getConnection()) {
            int sealed = Atomically.run(connection, () -> seal(connection, relation, others));
            if (sealed > 0) {
                log.debug("{} identities of {} are a segment now", sealed, relation);
            }
            return sealed > 0;
        }
    }

    private int seal(Connection connection, Relation relation, Others others) throws SQLException {
        limitTimes(connection);
        if (!isMine(connection, relation, others)) {
            return 0;
        }
        Head head = store.head(connection, relation);
        long last = last(connection, relation, head);
        if (last <= head.sealedBatch()) {
            return 0;
        }
        Fingerprints members = new Fingerprints(segmentSize);
        store.batches(connection, relation, head.sealedBatch() + 1, last)
                .values()
                .forEach(members::addAll);
        SegmentWriter.write(connection, relation, head.tableOid(), members, now());
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        UPDATE transform.identity_stream
                        SET sealed_batch = ?, layout = layout + 1
                        WHERE relation = ? AND table_oid = ? AND sealed_batch = ?
                        """)) {
            update.setLong(1, last);
            update.setString(2, relation.qualified());
            update.setLong(3, head.tableOid());
            update.setLong(4, head.sealedBatch());
            if (update.executeUpdate() == 0) {
                throw new SQLException(
                        "%s was made anew while its identities became a segment"
                                .formatted(relation),
                        PSQLState.SERIALIZATION_FAILURE.getState());
            }
        }
        // Landers wait for this row until the commit.
        return members.size();
    }

    /** Who stands still must not hold the lock for long. */
    private static void limitTimes(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    """
                    SET LOCAL idle_in_transaction_session_timeout = '30s';
                    SET LOCAL statement_timeout = '60s';
                    SET LOCAL lock_timeout = '30s'\
                    """);
        }
    }

    private static boolean isMine(Connection connection, Relation relation, Others others)
            throws SQLException {
        String sql = "SELECT FROM transform.identity_upkeep WHERE relation = ? FOR UPDATE";
        try (PreparedStatement select =
                connection.prepareStatement(others == Others.SKIP ? sql + " SKIP LOCKED" : sql)) {
            select.setString(1, relation.qualified());
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** The last batch of the segment. */
    private long last(Connection connection, Relation relation, Head head) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT coalesce(max(batch), 0) FROM (
                          SELECT batch, sum(octet_length(fingerprints)) OVER w AS bytes,
                            row_number() OVER w AS n
                          FROM transform.identity_batch WHERE relation = ? AND batch BETWEEN ? AND ?
                          WINDOW w AS (ORDER BY batch)) b
                        WHERE bytes <= ? OR n = 1
                        """)) {
            select.setString(1, relation.qualified());
            select.setLong(2, head.sealedBatch() + 1);
            select.setLong(3, head.nextBatch() - 1 - IdentityStore.LATEST_LEFT_OUT);
            select.setLong(4, 2L * segmentSize * Fingerprints.BYTES);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
