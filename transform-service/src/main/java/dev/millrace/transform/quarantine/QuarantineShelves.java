package dev.millrace.transform.quarantine;

import com.fasterxml.jackson.annotation.JsonRawValue;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Finds records in quarantine. */
@Component
class QuarantineShelves {

    private static final String SUMMARY =
            """
            id, at, source, stream, reason, detail, column_name, topic, partition, record_offset,
            record_at, coalesce(length(value), 0) AS bytes, state, attempts, attempted_at,
            decided_at, decided_by, decided_why, replay_id
            """;

    private final JdbcClient database;

    QuarantineShelves(JdbcClient database) {
        this.database = database;
    }

    /**
     * A record as it stands in a list.
     *
     * @param attempts how many replays could not land it
     * @param decidedAt when it was replayed or discarded
     */
    record Summary(
            long id,
            Instant at,
            String source,
            String stream,
            String reason,
            String detail,
            @Nullable String column,
            String topic,
            int partition,
            long offset,
            @Nullable Instant recordAt,
            int bytes,
            String state,
            int attempts,
            @Nullable Instant attemptedAt,
            @Nullable Instant decidedAt,
            @Nullable String decidedBy,
            @Nullable String decidedWhy,
            @Nullable Long replayId) {}

    /** How many records are here for one reason. */
    record Count(
            String source,
            String stream,
            String reason,
            long records,
            Instant first,
            Instant last) {}

    /**
     * All of a record.
     *
     * @param headers as {@link StoredHeaders} writes them
     * @param key as text, if it is UTF-8
     * @param keyBase64 the bytes as they came
     * @param value as text, if it is UTF-8
     * @param valueBase64 the bytes as they came
     */
    record Content(
            Summary summary,
            @JsonRawValue String headers,
            @Nullable String key,
            @Nullable String keyBase64,
            @Nullable String value,
            @Nullable String valueBase64) {}

    List<Summary> newest(QuarantineFilter filter, long before, int limit) {
        List<Object> values = new ArrayList<>(filter.values());
        values.add(before);
        values.add(limit);
        return database.sql(
                        "SELECT %s FROM transform.quarantine WHERE %s AND id < ? ORDER BY id DESC LIMIT ?"
                                .formatted(SUMMARY, filter.condition()))
                .params(values)
                .query((row, _) -> summary(row))
                .list();
    }

    List<Count> counts(QuarantineFilter filter) {
        return database.sql(
                        """
                        SELECT source, stream, reason, count(*) AS records,
                          min(at) AS first, max(at) AS last
                        FROM transform.quarantine WHERE %s
                        GROUP BY source, stream, reason ORDER BY source, stream, reason
                        """
                                .formatted(filter.condition()))
                .params(filter.values())
                .query(Count.class)
                .list();
    }

    Optional<Content> content(long id) {
        return database.sql(
                        "SELECT %s, headers, record_key, value FROM transform.quarantine WHERE id = ?"
                                .formatted(SUMMARY))
                .param(id)
                .query(
                        (row, _) -> {
                            byte[] key = row.getBytes("record_key");
                            byte[] value = row.getBytes("value");
                            return new Content(
                                    summary(row),
                                    row.getString("headers"),
                                    StoredHeaders.text(key),
                                    base64(key),
                                    StoredHeaders.text(value),
                                    base64(value));
                        })
                .optional();
    }

    private static Summary summary(ResultSet row) throws SQLException {
        return new Summary(
                row.getLong("id"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("source"),
                row.getString("stream"),
                row.getString("reason"),
                row.getString("detail"),
                row.getString("column_name"),
                row.getString("topic"),
                row.getInt("partition"),
                row.getLong("record_offset"),
                instant(row, "record_at"),
                row.getInt("bytes"),
                row.getString("state"),
                row.getInt("attempts"),
                instant(row, "attempted_at"),
                instant(row, "decided_at"),
                row.getString("decided_by"),
                row.getString("decided_why"),
                row.getObject("replay_id", Long.class));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private static @Nullable String base64(byte @Nullable [] bytes) {
        return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
    }
}
