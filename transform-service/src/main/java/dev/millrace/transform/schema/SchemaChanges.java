package dev.millrace.transform.schema;

import dev.millrace.contracts.event.SchemaChanged.Change;
import dev.millrace.contracts.event.SchemaChanged.State;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The history of what landing made of the sources' tables, and which record was the first cause.
 */
@Component
class SchemaChanges {

    private static final String COLUMNS =
            """
            id, at, relation, change, column_name AS "column", data_type AS type, origin,
            likely_renamed_from, proposal_id AS proposal, decided_by, decided_why, revision, topic,
            partition, record_offset AS "offset"
            """;

    private final JdbcClient database;

    SchemaChanges(JdbcClient database) {
        this.database = database;
    }

    /**
     * One line of the history.
     *
     * @param column nothing for a table
     */
    record Entry(Instant at, Change change, @Nullable NeededColumn column, RecordPosition first) {}

    /** Writes the changes down, and what to tell of them, in the transaction that makes them. */
    static void record(
            Connection connection,
            SchemaNews news,
            Relation relation,
            String revision,
            List<Entry> entries,
            @Nullable Verdict verdict)
            throws SQLException {
        write(connection, relation, revision, entries, verdict);
        news.tell(
                connection,
                relation,
                revision,
                entries.stream()
                        .map(
                                entry ->
                                        new SchemaNews.Item(
                                                State.MADE,
                                                entry.change(),
                                                entry.column(),
                                                verdict == null ? null : verdict.proposal(),
                                                verdict == null ? null : verdict.by(),
                                                verdict == null ? null : verdict.why(),
                                                entry.first(),
                                                entry.at()))
                        .toList());
    }

    private static void write(
            Connection connection,
            Relation relation,
            String revision,
            List<Entry> entries,
            @Nullable Verdict verdict)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.schema_change (at, relation, change, column_name,
                          data_type, origin, revision, topic, partition, record_offset,
                          likely_renamed_from, proposal_id, decided_by, decided_why)
                        VALUES (?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?, ?, ?, ?, ?, ?)
                        """)) {
            for (Entry entry : entries) {
                insert.setObject(1, OffsetDateTime.ofInstant(entry.at(), ZoneOffset.UTC));
                insert.setString(2, relation.qualified());
                insert.setString(3, entry.change().name().toLowerCase(Locale.ROOT));
                NeededColumn column = entry.column();
                insert.setString(4, column == null ? null : column.name());
                insert.setString(5, column == null ? null : column.type().sql());
                insert.setString(6, column == null ? null : column.origin());
                insert.setString(7, revision);
                insert.setString(8, entry.first().topic());
                insert.setInt(9, entry.first().partition());
                insert.setLong(10, entry.first().offset());
                insert.setString(11, column == null ? null : column.likelyRenamedFrom());
                insert.setObject(12, verdict == null ? null : verdict.proposal(), Types.BIGINT);
                insert.setString(13, verdict == null ? null : verdict.by());
                insert.setString(14, verdict == null ? null : verdict.why());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** The newest entries before one, or the newest of all. */
    List<SchemaChangeView> newest(String relation, long before, int limit) {
        return database.sql(
                        """
                        SELECT %s FROM transform.schema_change
                        WHERE (:relation = '' OR relation = :relation) AND id < :before
                        ORDER BY id DESC LIMIT :limit
                        """
                                .formatted(COLUMNS))
                .param("relation", relation)
                .param("before", before)
                .param("limit", limit)
                .query(SchemaChangeView.class)
                .list();
    }

    Optional<SchemaChangeView> find(long id) {
        return database.sql(
                        "SELECT %s FROM transform.schema_change WHERE id = :id".formatted(COLUMNS))
                .param("id", id)
                .query(SchemaChangeView.class)
                .optional();
    }
}
