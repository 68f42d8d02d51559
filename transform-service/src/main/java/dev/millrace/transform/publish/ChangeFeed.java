package dev.millrace.transform.publish;

import org.jspecify.annotations.Nullable;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import javax.sql.DataSource;

/** What changed in relations, as those read it who follow them. */
public final class ChangeFeed {

    /** Longer than two transactions of landing with the same moment can lie apart. */
    private static final Duration LEAST = Duration.ofMinutes(5);

    private final DataSource database;

    public ChangeFeed(DataSource database) {
        this.database = database;
    }

    /**
     * What one transaction changed in a relation.
     *
     * @param tableOid the table
     * @param loadedAt the moment that its rows have, as PostgreSQL writes it in UTC
     * @param rows rows that it added
     * @param keys of rows that changed or went; null if rows were only added, or it is not known
     * @param isShared whether a batch that was read before has the same moment
     */
    public record Batch(
            long version,
            long tableOid,
            String loadedAt,
            long rows,
            @Nullable String earliest,
            @Nullable String latest,
            @Nullable List<String> keys,
            boolean isShared) {}

    /**
     * Has the changes of relations written down for somebody from now on. Who reads their versions
     * after this returned finds a batch for each later one that can have one.
     */
    public void follow(String model, Collection<String> relations) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(true);
            update(
                    connection,
                    """
                    DELETE FROM transform.live_input
                    WHERE model = ? AND relation <> ALL (?::text[])
                    """,
                    model,
                    relations);
            update(
                    connection,
                    """
                    INSERT INTO transform.live_input (model, relation, version)
                    SELECT ?, r, 0 FROM unnest(?::text[]) AS r ON CONFLICT DO NOTHING
                    """,
                    model,
                    relations);
            // Who has not seen that holds its version until it has committed.
            update(
                    connection,
                    """
                    SELECT 1 FROM transform.relation_version
                    WHERE ?::text IS NOT NULL AND relation = ANY (?::text[])
                    ORDER BY relation FOR SHARE
                    """,
                    model,
                    relations);
        }
    }

    /** Notes up to where somebody has read, as what everybody has read can go. */
    public void passed(String model, Map<String, Long> versions) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update =
                        connection.prepareStatement(
                                """
                                UPDATE transform.live_input i SET version = v.version
                                FROM unnest(?::text[], ?::bigint[]) AS v (relation, version)
                                WHERE i.model = ? AND i.relation = v.relation
                                  AND i.version < v.version
                                """)) {
            update.setArray(1, connection.createArrayOf("text", versions.keySet().toArray()));
            update.setArray(2, connection.createArrayOf("bigint", versions.values().toArray()));
            update.setString(3, model);
            update.executeUpdate();
        }
    }

    /** Ends that; what was written down for nobody else goes in time. */
    public void leave(String model) throws SQLException {
        try (Connection connection = database.getConnection()) {
            update(
                    connection,
                    "DELETE FROM transform.live_input WHERE model = ? AND ?::text[] IS NOT NULL",
                    model,
                    List.of());
        }
    }

    /** Who follows anything. */
    public Set<String> followers() throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                "SELECT DISTINCT model FROM transform.live_input");
                ResultSet rows = select.executeQuery()) {
            Set<String> followers = new TreeSet<>();
            while (rows.next()) {
                followers.add(rows.getString(1));
            }
            return followers;
        }
    }

    private static void update(
            Connection connection, String sql, String model, Collection<String> relations)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, model);
            statement.setArray(2, connection.createArrayOf("text", relations.toArray()));
            statement.execute();
        }
    }

    /** The versions of relations in the connection's snapshot; none of what never changed. */
    public static Map<String, Long> versions(Connection connection, Collection<String> relations)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT relation, version FROM transform.relation_version WHERE relation ="
                                + " ANY (?::text[])")) {
            select.setArray(1, connection.createArrayOf("text", relations.toArray()));
            Map<String, Long> versions = new HashMap<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    versions.put(rows.getString(1), rows.getLong(2));
                }
            }
            return versions;
        }
    }

    /** What changed in a relation after a version, in the order of commits. */
    public static List<Batch> batches(Connection connection, String relation, long after)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT b.version, b.table_oid::bigint,
                          (b.loaded_at AT TIME ZONE 'UTC')::text || '+00', b.rows,
                          b.earliest_event_at::text, b.latest_event_at::text, b.keys,
                          EXISTS (SELECT FROM transform.change_batch o
                            WHERE o.relation = b.relation AND o.version <= ?
                              AND o.loaded_at = b.loaded_at)
                        FROM transform.change_batch b
                        WHERE b.relation = ? AND b.version > ? ORDER BY b.version
                        """)) {
            select.setLong(1, after);
            select.setString(2, relation);
            select.setLong(3, after);
            List<Batch> batches = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    batches.add(
                            new Batch(
                                    rows.getLong(1),
                                    rows.getLong(2),
                                    rows.getString(3),
                                    rows.getLong(4),
                                    rows.getString(5),
                                    rows.getString(6),
                                    keys(rows.getArray(7)),
                                    rows.getBoolean(8)));
                }
            }
            return batches;
        }
    }

    private static @Nullable List<String> keys(@Nullable Array array) throws SQLException {
        return array == null ? null : List.of((String[]) array.getArray());
    }

    /**
     * Forgets batches that all have read who follow the relation, and those that are too old
     * whoever has. Those of relations that have readers outside are kept for these, and left to
     * whoever sees to that.
     *
     * @return how many went
     */
    public int clean(Duration longest) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement delete =
                        connection.prepareStatement(
                                """
                                WITH RECURSIVE known (relation) AS (
                                  (SELECT min(relation) FROM transform.change_batch)
                                  UNION ALL
                                  SELECT (SELECT min(b.relation) FROM transform.change_batch b
                                    WHERE b.relation > k.relation)
                                  FROM known k WHERE k.relation IS NOT NULL)
                                DELETE FROM transform.change_batch b USING known k
                                WHERE b.relation = k.relation AND NOT EXISTS (
                                    SELECT FROM transform.feed f WHERE f.relation = k.relation)
                                  AND b.loaded_at < now() - ?::interval AND (
                                  b.loaded_at < now() - ?::interval OR NOT EXISTS (
                                    SELECT FROM transform.live_input i
                                    WHERE i.relation = b.relation AND i.version < b.version))
                                """)) {
            delete.setString(1, LEAST.toString());
            delete.setString(2, longest.toString());
            return delete.executeUpdate();
        }
    }
}
