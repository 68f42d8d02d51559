package dev.millrace.serving.access;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** What addresses of embedded answers stand for, as rows of serving's schema. */
@Component
class EmbedTable {

    private static final String SECRET = "embed";

    private final JdbcClient jdbc;

    EmbedTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What one address stands for.
     *
     * @param kind the kind of what its maker presented
     * @param name the maker's name
     * @param keyId the maker's key, if it was one
     * @param context whose eyes it is seen with, as JSON
     * @param query what is asked, as JSON
     */
    record Row(
            String id,
            String kind,
            String name,
            @Nullable String keyId,
            String context,
            String query,
            Instant createdAt,
            Instant expiresAt) {}

    void insert(Row row) {
        jdbc.sql(
                        """
                        INSERT INTO embed (id, kind, name, key_id, context, query, created_at, expires_at)
                        VALUES (:id, :kind, :name, :keyId, :context, :query, :createdAt, :expiresAt)\
                        """)
                .param("id", row.id())
                .param("kind", row.kind())
                .param("name", row.name())
                .param("keyId", row.keyId())
                .param("context", row.context())
                .param("query", row.query())
                .param("createdAt", row.createdAt().atOffset(ZoneOffset.UTC))
                .param("expiresAt", row.expiresAt().atOffset(ZoneOffset.UTC))
                .update();
    }

    Optional<Row> find(String id) {
        return jdbc.sql("SELECT * FROM embed WHERE id = :id")
                .param("id", id)
                .query(EmbedTable::row)
                .optional();
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        return new Row(
                row.getString("id"),
                row.getString("kind"),
                row.getString("name"),
                row.getString("key_id"),
                row.getString("context"),
                row.getString("query"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("expires_at", OffsetDateTime.class).toInstant());
    }

    /** The secret that addresses are signed with: that one, unless there is one already. */
    byte[] secret(byte[] candidate) {
        jdbc.sql(
                        "INSERT INTO serving_secret (name, secret) VALUES (:name, :secret) ON"
                                + " CONFLICT DO NOTHING")
                .param("name", SECRET)
                .param("secret", candidate)
                .update();
        return jdbc.sql("SELECT secret FROM serving_secret WHERE name = :name")
                .param("name", SECRET)
                .query((row, _) -> row.getBytes("secret"))
                .single();
    }

    int delete(Instant before, int atMost) {
        return jdbc.sql(
                        """
                        DELETE FROM embed WHERE id IN (
                          SELECT id FROM embed WHERE expires_at < :before LIMIT :limit)\
                        """)
                .param("before", before.atOffset(ZoneOffset.UTC))
                .param("limit", atMost)
                .update();
    }
}
