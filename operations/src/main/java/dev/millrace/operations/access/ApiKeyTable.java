package dev.millrace.operations.access;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The API keys of the service as rows of its schema. */
@Component
class ApiKeyTable {

    private final JdbcClient jdbc;
    private final KeyRows rows;

    ApiKeyTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.rows = new KeyRows(jdbc, "api_key");
    }

    Optional<ApiKey> find(String id) {
        return jdbc.sql("SELECT * FROM api_key WHERE id = :id")
                .param("id", id)
                .query(ApiKeyTable::key)
                .optional();
    }

    /** The key that the secret belongs to, in force or not. */
    Optional<ApiKey> match(ApiKeySecret secret) {
        return jdbc.sql("SELECT * FROM api_key WHERE id = :id")
                .param("id", secret.id())
                .query(
                        (row, number) ->
                                secret.matches(row.getBytes("hash"))
                                        ? Optional.of(key(row, number))
                                        : Optional.<ApiKey>empty())
                .optional()
                .flatMap(key -> key);
    }

    List<ApiKey> all() {
        return jdbc.sql("SELECT * FROM api_key ORDER BY created_at, id")
                .query(ApiKeyTable::key)
                .list();
    }

    void insert(ApiKey key, byte[] hash) {
        jdbc.sql(
                        """
                        INSERT INTO api_key (id, name, role, hash, created_at, created_by, expires_at)
                        VALUES (:id, :name, :role, :hash, :createdAt, :createdBy, :expiresAt)\
                        """)
                .param("id", key.id())
                .param("name", key.name())
                .param("role", key.role().text())
                .param("hash", hash)
                .param("createdAt", key.createdAt().atOffset(ZoneOffset.UTC))
                .param("createdBy", key.createdBy())
                .param("expiresAt", KeyRows.offset(key.expiresAt()))
                .update();
    }

    /** Lets another key have the name, and this one end. */
    boolean replace(String id, String successor, Instant end) {
        return jdbc.sql(
                                """
                                UPDATE api_key
                                SET replaced_by = :successor, expires_at = least(expires_at, :end)
                                WHERE id = :id AND revoked_at IS NULL AND replaced_by IS NULL\
                                """)
                        .param("id", id)
                        .param("successor", successor)
                        .param("end", end.atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
    }

    boolean revoke(String id, Instant at, String by) {
        return rows.revoke(id, at, by);
    }

    void used(Map<String, Instant> uses) {
        rows.used(uses);
    }

    private static ApiKey key(ResultSet row, int number) throws SQLException {
        return new ApiKey(
                row.getString("id"),
                row.getString("name"),
                OperatorRole.of(row.getString("role")).orElseThrow(),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getString("created_by"),
                KeyRows.instant(row, "expires_at"),
                KeyRows.instant(row, "revoked_at"),
                row.getString("revoked_by"),
                row.getString("replaced_by"),
                KeyRows.instant(row, "last_used_at"));
    }
}
