package dev.millrace.transform.landing;

import dev.millrace.contracts.warehouse.SqlText;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Table;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Adds to a table that has a row for each version of each key. A version that comes late goes
 * between those before and after it, whose times follow.
 */
final class Versions {

    private final Connection connection;
    private final Relation relation;
    private final ChangeColumns columns;

    Versions(Connection connection, Relation relation, ChangeColumns columns) {
        this.connection = connection;
        this.relation = relation;
        this.columns = columns;
    }

    /** Writes what is staged, and returns how many versions are new. */
    long write(List<KeyChange> changes, @Nullable Row truncate) throws SQLException {
        if (changes.stream().anyMatch(change -> change.delete() != null)) {
            Tombstones.add(connection, relation, Table.KEY, true);
        }
        long added = execute(insert());
        if (added > 0) {
            fillOpen();
        }
        close(truncate != null);
        return added;
    }

    private long execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    private String insert() {
        return """
        INSERT INTO %1$s (%2$s, _mr_key, _mr_valid_from%3$s)
        SELECT %2$s, _mr_key, _mr_event_at%3$s
        FROM %4$s WHERE _mr_position IS NOT NULL
        ON CONFLICT (_mr_id) DO NOTHING
        """
                .formatted(
                        relation.quoted(),
                        ChangeStaging.base(),
                        columns.names(),
                        ChangeStaging.TABLE);
    }

    /** Gives columns that a version did not send the value of the version before. */
    private void fillOpen() throws SQLException {
        List<String> open = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                """
                                SELECT DISTINCT a.attname FROM %s v
                                CROSS JOIN LATERAL jsonb_object_keys(v._mr_column_position) k
                                JOIN pg_attribute a ON a.attrelid = v.tableoid
                                  AND a.attname = k AND a.attgenerated = ''
                                WHERE v._mr_column_position IS NOT NULL
                                  AND v._mr_key IN (SELECT _mr_key FROM %s)
                                """
                                        .formatted(relation.quoted(), ChangeStaging.TABLE))) {
            while (rows.next()) {
                open.add(rows.getString(1));
            }
        }
        if (!open.isEmpty()) {
            Map<String, String> bases = new LinkedHashMap<>();
            open.forEach(column -> bases.put(column, column));
            for (int column = 0; column < columns.width(); column++) {
                if (open.contains(columns.base(column))) {
                    bases.put(columns.name(column), columns.base(column));
                }
            }
            String filled =
                    bases.entrySet().stream()
                            .map(column -> filled(column.getKey(), column.getValue()))
                            .collect(Collectors.joining(",\n  "));
            execute(
                    """
                    UPDATE %1$s v SET
                      %2$s
                    WHERE v._mr_column_position IS NOT NULL
                      AND v._mr_key IN (SELECT _mr_key FROM %3$s)
                    """
                            .formatted(relation.quoted(), filled, ChangeStaging.TABLE));
        }
    }

    /** A variant that did not exist yet was left open as the column was that it is of. */
    private String filled(String column, String base) {
        return """
        %1$s = CASE WHEN v._mr_column_position ?| %2$s THEN (
            SELECT p.%1$s FROM %3$s p
            WHERE p._mr_key = v._mr_key AND p._mr_position < v._mr_position
              AND NOT coalesce(p._mr_column_position ?| %2$s, false)
            ORDER BY p._mr_position DESC LIMIT 1) ELSE v.%1$s END\
        """
                .formatted(
                        Relation.quote(column),
                        "ARRAY[" + SqlText.literal(column) + ", " + SqlText.literal(base) + "]",
                        relation.quoted());
    }

    /** Each version holds until the next one, or until it was deleted or all were. */
    private void close(boolean all) throws SQLException {
        String touched =
                all
                        ? "SELECT v._mr_id, v._mr_key, v._mr_position FROM %s v"
                                .formatted(relation.quoted())
                        : """
                        SELECT DISTINCT v._mr_id, v._mr_key, v._mr_position FROM %2$s s
                          JOIN LATERAL (
                            SELECT * FROM %1$s v WHERE v._mr_key = s._mr_key
                              AND v._mr_position <= coalesce(s._mr_position, s._mr_deleted_position)
                            ORDER BY v._mr_position DESC LIMIT 2) v ON true\
                        """
                                .formatted(relation.quoted(), ChangeStaging.TABLE);
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        WITH touched AS (%1$s), closed AS (
                          SELECT v._mr_id, (SELECT c.at FROM (
                            (SELECT n._mr_position AS position, n._mr_valid_from AS at FROM %2$s n
                              WHERE n._mr_key = v._mr_key AND n._mr_position > v._mr_position
                              ORDER BY n._mr_position LIMIT 1)
                            UNION ALL
                            (SELECT d.position, d.happened_at FROM transform.tombstone d
                              WHERE d.relation = ? AND d.key = v._mr_key
                                AND d.position > v._mr_position ORDER BY d.position LIMIT 1)
                            UNION ALL
                            (SELECT d.position, d.happened_at FROM transform.tombstone d
                              WHERE d.relation = ? AND d.key IS NULL
                                AND d.position > v._mr_position ORDER BY d.position LIMIT 1)
                            ) c ORDER BY c.position LIMIT 1) AS at
                          FROM touched v)
                        UPDATE %2$s t SET _mr_valid_to = closed.at
                        FROM closed WHERE t._mr_id = closed._mr_id
                          AND t._mr_valid_to IS DISTINCT FROM closed.at
                        """
                                .formatted(touched, relation.quoted()))) {
            update.setString(1, relation.qualified());
            update.setString(2, relation.qualified());
            update.executeUpdate();
        }
    }
}
