package dev.millrace.transform.schema;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/**
 * The history of what landing made of the sources' tables, and which record was the first cause.
 */
@Component
class SchemaChanges {

    private final JdbcClient database;

    SchemaChanges(JdbcClient database) {
        this.database = database;
    }

    /** What was done. */
    enum Change {
        CREATE_TABLE,
        ADD_COLUMN
    }

    /** One line of the history. */
    record Entry(
            Instant at,
            Change change,
            String column,
            String type,
            String origin,
            RecordPosition first) {}

    static void record(
            Connection connection, Relation relation, String revision, List<Entry> entries)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.schema_change (at, relation, change, column_name,
                          data_type, origin, revision, topic, partition, record_offset)
                        VALUES (?, ?, ?, nullif(?, ''), nullif(?, ''), nullif(?, ''), ?, ?, ?, ?)
                        """)) {
            for (Entry entry : entries) {
                insert.setObject(1, OffsetDateTime.ofInstant(entry.at(), ZoneOffset.UTC));
                insert.setString(2, relation.qualified());
                insert.setString(3, entry.change().name().toLowerCase(java.util.Locale.ROOT));
                insert.setString(4, entry.column());
                insert.setString(5, entry.type());
                insert.setString(6, entry.origin());
                insert.setString(7, revision);
                insert.setString(8, entry.first().topic());
                insert.setInt(9, entry.first().partition());
                insert.setLong(10, entry.first().offset());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** The newest entries before one, or the newest of all. */
    List<SchemaChangeView> newest(String relation, long before, int limit) {
        return database.sql(
                        """
                        SELECT id, at, relation, change, column_name AS "column",
                          data_type AS type, origin, revision, topic, partition,
                          record_offset AS "offset"
                        FROM transform.schema_change
                        WHERE (:relation = '' OR relation = :relation) AND id < :before
                        ORDER BY id DESC LIMIT :limit
                        """)
                .param("relation", relation)
                .param("before", before)
                .param("limit", limit)
                .query(SchemaChangeView.class)
                .list();
    }
}
