package dev.millrace.transform.landing;

import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.schema.Relation;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What is remembered of deletes, against older changes that come later. */
final class Tombstones {

    private Tombstones() {}

    /**
     * What there is of a relation.
     *
     * @param any whether a key was deleted
     * @param truncated the position of the newest truncate as PostgreSQL writes it; null if there
     *     was none
     * @param truncatedAt when that happened
     */
    record Known(boolean any, @Nullable String truncated, @Nullable String truncatedAt) {}

    /**
     * Keeps others, until this transaction ends, from changing the relation in ways that do not go
     * together with what it does. Deletes need it alone, and so do histories: each would miss what
     * the other is about to write, so that a row could come back that the other deletes, and a
     * history could get two versions without an end. Rows that are only written go beside each
     * other, as each looks at positions again once it has a row's lock.
     */
    static void lock(Connection connection, Relation relation, boolean alone) throws SQLException {
        try (PreparedStatement lock =
                connection.prepareStatement(
                        "SELECT %s(hashtextextended('millrace:changes:' || ?, 0))"
                                .formatted(
                                        alone
                                                ? "pg_advisory_xact_lock"
                                                : "pg_advisory_xact_lock_shared"))) {
            lock.setString(1, relation.qualified());
            lock.execute();
        }
    }

    /** Looks what there is. */
    static Known find(Connection connection, Relation relation) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT EXISTS (SELECT FROM transform.tombstone
                          WHERE relation = n.name AND key IS NOT NULL), t.position, t.happened_at
                        FROM (SELECT ?::text AS name) n LEFT JOIN LATERAL (
                          SELECT position::text, happened_at::text FROM transform.tombstone
                          WHERE relation = n.name AND key IS NULL
                          ORDER BY position DESC LIMIT 1) t ON true
                        """)) {
            select.setString(1, relation.qualified());
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                return new Known(rows.getBoolean(1), rows.getString(2), rows.getString(3));
            }
        }
    }

    /** Adds those of the keys in the staging table. */
    static void add(Connection connection, Relation relation, String keyColumn, boolean isHistory)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.tombstone
                          (relation, key, position, happened_at, deleted_at, is_history)
                        SELECT ?, %s, _mr_deleted_position, _mr_deleted_at, _mr_loaded_at, ?
                        FROM %s WHERE _mr_deleted_position IS NOT NULL
                        ON CONFLICT DO NOTHING
                        """
                                .formatted(keyColumn, ChangeStaging.TABLE))) {
            insert.setString(1, relation.qualified());
            insert.setBoolean(2, isHistory);
            insert.executeUpdate();
        }
    }

    /** Adds that of a truncate. */
    static void addTruncate(
            Connection connection,
            Relation relation,
            Row truncate,
            boolean isHistory,
            long loadedAt)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.tombstone
                          (relation, key, position, happened_at, deleted_at, is_history)
                        VALUES (?, NULL, ?::bigint[], ?::timestamptz, ?::timestamptz, ?)
                        ON CONFLICT DO NOTHING
                        """)) {
            insert.setString(1, relation.qualified());
            insert.setString(2, truncate.change().position().literal());
            insert.setString(3, Times.sql(truncate.eventAt()));
            insert.setString(4, Times.sql(loadedAt));
            insert.setBoolean(5, isHistory);
            insert.executeUpdate();
        }
    }
}
