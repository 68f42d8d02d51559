package dev.millrace.transform.quarantine;

import com.fasterxml.jackson.annotation.JsonRawValue;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Finds records in quarantine. */
@Component
class QuarantineShelves {

    private final JdbcClient database;

    QuarantineShelves(JdbcClient database) {
        this.database = database;
    }

    /** A record as it stands in a list. */
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
            int bytes) {}

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
     * @param headers as a JSON object
     * @param key as text, if it is UTF-8
     * @param value as text, if it is UTF-8
     * @param valueBase64 the bytes as they came
     */
    record Content(
            Summary summary,
            @JsonRawValue String headers,
            @Nullable String key,
            @Nullable String value,
            @Nullable String valueBase64) {}

    List<Summary> newest(String source, String stream, String reason, long before, int limit) {
        return database.sql(
                        """
                        SELECT id, at, source, stream, reason, detail, column_name, topic, partition,
                          record_offset, record_at, coalesce(length(value), 0) AS bytes
                        FROM transform.quarantine
                        WHERE (:source = '' OR source = :source)
                          AND (:stream = '' OR stream = :stream)
                          AND (:reason = '' OR reason = :reason)
                          AND id < :before
                        ORDER BY id DESC LIMIT :limit
                        """)
                .param("source", source)
                .param("stream", stream)
                .param("reason", reason)
                .param("before", before)
                .param("limit", limit)
                .query((row, _) -> summary(row))
                .list();
    }

    List<Count> counts() {
        return database.sql(
                        """
                        SELECT source, stream, reason, count(*) AS records,
                          min(at) AS first, max(at) AS last
                        FROM transform.quarantine
                        GROUP BY source, stream, reason ORDER BY source, stream, reason
                        """)
                .query(Count.class)
                .list();
    }

    Optional<Content> content(long id) {
        return database.sql(
                        """
                        SELECT *, coalesce(length(value), 0) AS bytes FROM transform.quarantine
                        WHERE id = :id
                        """)
                .param("id", id)
                .query(
                        (row, _) -> {
                            byte[] value = row.getBytes("value");
                            return new Content(
                                    summary(row),
                                    row.getString("headers"),
                                    text(row.getBytes("record_key")),
                                    text(value),
                                    value == null
                                            ? null
                                            : Base64.getEncoder().encodeToString(value));
                        })
                .optional();
    }

    private static Summary summary(ResultSet row) throws SQLException {
        OffsetDateTime recordAt = row.getObject("record_at", OffsetDateTime.class);
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
                recordAt == null ? null : recordAt.toInstant(),
                row.getInt("bytes"));
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
