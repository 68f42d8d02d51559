package dev.millrace.transform.publish;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

import javax.sql.DataSource;

/** The relations whose changes are written down for readers outside, in the database. */
final class FollowedFeeds {

    /** As long as live models may be behind. */
    private static final Duration LIVE = Duration.ofHours(24);

    private final DataSource database;

    FollowedFeeds(DataSource database) {
        this.database = database;
    }

    /** Has the changes of a relation written down until then, at least. */
    void follow(String relation, Instant until) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(true);
            update(
                    connection,
                    """
                    INSERT INTO transform.feed AS f (relation, until) VALUES (?, ?::timestamptz)
                    ON CONFLICT (relation) DO UPDATE SET until = excluded.until
                      WHERE f.until < excluded.until
                    """,
                    relation,
                    until.toString());
            if (isActive(connection, relation)) {
                return;
            }
            // Who has not seen that holds its version until it has committed.
            update(
                    connection,
                    """
                    WITH ended AS (
                      SELECT 1 FROM transform.relation_version WHERE relation = ? FOR SHARE)
                    SELECT count(*) FROM ended
                    """,
                    relation);
            update(
                    connection,
                    "UPDATE transform.feed SET active = true WHERE relation = ?",
                    relation);
        }
    }

    private static boolean isActive(Connection connection, String relation) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT active FROM transform.feed WHERE relation = ?")) {
            select.setString(1, relation);
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /**
     * Forgets relations that nobody follows any more, and what was kept long enough.
     *
     * @return how many batches went
     */
    int clean(Duration retention) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(true);
            update(connection, "DELETE FROM transform.feed WHERE until < now()");
            return update(
                    connection,
                    """
                    DELETE FROM transform.change_batch b USING transform.feed f
                    WHERE b.relation = f.relation AND b.loaded_at < now() - ?::interval
                      AND (b.loaded_at < now() - ?::interval OR NOT EXISTS (
                        SELECT FROM transform.live_input i
                        WHERE i.relation = b.relation AND i.version < b.version))
                    """,
                    retention.toString(),
                    LIVE.toString());
        }
    }

    private static int update(Connection connection, String sql, String... values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            statement.execute();
            return Math.max(0, statement.getUpdateCount());
        }
    }
}
