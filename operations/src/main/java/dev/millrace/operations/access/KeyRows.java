package dev.millrace.operations.access;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;

/**
 * What tables of keys have in common: {@code id}, {@code last_used_at}, {@code revoked_at} and who
 * did.
 */
public final class KeyRows {

    private final JdbcClient jdbc;
    private final String table;

    /**
     * @param table a name of the service's own, as it stands in SQL
     */
    public KeyRows(JdbcClient jdbc, String table) {
        this.jdbc = jdbc;
        this.table = table;
    }

    /** Ends a key; false if there is none that was not ended before. */
    public boolean revoke(String id, Instant at, String by) {
        return jdbc.sql(
                                """
                                UPDATE %s SET revoked_at = :at, revoked_by = :by
                                WHERE id = :id AND revoked_at IS NULL\
                                """
                                        .formatted(table))
                        .param("id", id)
                        .param("at", at.atOffset(ZoneOffset.UTC))
                        .param("by", by)
                        .update()
                == 1;
    }

    /** Writes down when keys were last used; what is later stays. */
    public void used(Map<String, Instant> uses) {
        String[] ids = uses.keySet().toArray(String[]::new);
        Timestamp[] times = uses.values().stream().map(Timestamp::from).toArray(Timestamp[]::new);
        jdbc.sql(
                        """
                        UPDATE %1$s SET last_used_at = used.at
                        FROM unnest(:ids::text[], :times::timestamptz[]) AS used (id, at)
                        WHERE %1$s.id = used.id
                          AND (last_used_at IS NULL OR last_used_at < used.at)\
                        """
                                .formatted(table))
                .param("ids", ids)
                .param("times", times)
                .update();
    }

    /** A moment as a parameter. */
    public static @Nullable OffsetDateTime offset(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    /** A moment of a row. */
    public static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
