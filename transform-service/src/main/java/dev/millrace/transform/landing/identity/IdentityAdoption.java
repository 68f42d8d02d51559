package dev.millrace.transform.landing.identity;

import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.transform.schema.Relation;

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

/**
 * Begins the identities of a table: of a new one with none, of one that has rows with theirs. What
 * was known of an earlier table of the same name goes.
 */
final class IdentityAdoption {

    private static final Logger log = LoggerFactory.getLogger(IdentityAdoption.class);

    private static final String UNDEFINED_TABLE = "42P01";
    private static final int FETCH = 10_000;

    private final Clock clock;
    private final int segmentSize;

    /**
     * @param segmentSize so many identities of rows make a segment
     */
    IdentityAdoption(Clock clock, int segmentSize) {
        this.clock = clock;
        this.segmentSize = segmentSize;
    }

    /** Does so in a transaction of its own, unless the table is known. */
    void adopt(Connection connection, Relation relation) throws SQLException {
        if (isKnown(connection, relation)) {
            return;
        }
        if (!isThere(connection, relation)) {
            throw new SQLException("the table " + relation + " is not there", UNDEFINED_TABLE);
        }
        long rows = Atomically.run(connection, () -> begin(connection, relation));
        if (rows > 0) {
            log.info("{} has {} rows, whose identities are known now", relation, rows);
        }
    }

    private static boolean isThere(Connection connection, Relation relation) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT to_regclass(?)")) {
            select.setString(1, relation.quoted());
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getString(1) != null;
            }
        }
    }

    private static boolean isKnown(Connection connection, Relation relation) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT FROM transform.identity_stream
                        WHERE relation = ? AND table_oid = to_regclass(?)
                        """)) {
            select.setString(1, relation.qualified());
            select.setString(2, relation.quoted());
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    private long begin(Connection connection, Relation relation) throws SQLException {
        // Who comes second waits here for the first, and finds everything done. What an earlier
        // table of the name had is of another oid, and goes after a while.
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        WITH begun AS (
                          INSERT INTO transform.identity_stream AS s
                            (relation, table_oid, layout, next_batch, sealed_batch)
                          VALUES (?, to_regclass(?), 1, 1, 0)
                          ON CONFLICT (relation) DO UPDATE
                            SET table_oid = excluded.table_oid, layout = s.layout + 1,
                              sealed_batch = s.next_batch - 1
                            WHERE s.table_oid <> excluded.table_oid
                          RETURNING relation, table_oid),
                        kept AS (
                          INSERT INTO transform.identity_upkeep SELECT relation FROM begun
                          ON CONFLICT DO NOTHING)
                        SELECT table_oid FROM begun
                        """)) {
            insert.setString(1, relation.qualified());
            insert.setString(2, relation.quoted());
            try (ResultSet row = insert.executeQuery()) {
                return row.next() ? readRows(connection, relation, row.getLong(1)) : 0;
            }
        }
    }

    private long readRows(Connection connection, Relation relation, long tableOid)
            throws SQLException {
        Fingerprinter fingerprinter = new Fingerprinter();
        Fingerprints found = new Fingerprints(FETCH);
        long rows = 0;
        try (Statement select = connection.createStatement()) {
            select.setFetchSize(FETCH);
            try (ResultSet ids =
                    select.executeQuery(
                            "SELECT %s FROM %s"
                                    .formatted(Relation.quote(RowColumns.ID), relation.quoted()))) {
                while (ids.next()) {
                    fingerprinter.add(found, ids.getString(1));
                    rows++;
                    if (found.size() == segmentSize) {
                        SegmentWriter.write(connection, relation, tableOid, found, now());
                        found = new Fingerprints(segmentSize);
                    }
                }
            }
        }
        if (found.size() > 0) {
            SegmentWriter.write(connection, relation, tableOid, found, now());
        }
        return rows;
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
