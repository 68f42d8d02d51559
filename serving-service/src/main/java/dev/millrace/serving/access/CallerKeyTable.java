package dev.millrace.serving.access;

import dev.millrace.operations.access.ApiKeySecret;
import dev.millrace.operations.access.KeyRows;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The keys of the metrics doors as rows of serving's schema. */
@Component
class CallerKeyTable {

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final KeyRows rows;

    CallerKeyTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.rows = new KeyRows(jdbc, "caller_key");
    }

    /** A key with what is kept of its secrets. */
    static final class Row {

        private final CallerKey key;
        private final byte[] hash;
        private final byte @Nullable [] previousHash;

        private Row(CallerKey key, byte[] hash, byte @Nullable [] previousHash) {
            this.key = key;
            this.hash = hash;
            this.previousHash = previousHash;
        }

        CallerKey key() {
            return key;
        }

        /** Whether the secret is one of the key's at that time. */
        boolean matches(ApiKeySecret secret, Instant now) {
            Instant until = key.previousUntil();
            return secret.matches(hash)
                    || (previousHash != null
                            && until != null
                            && now.isBefore(until)
                            && secret.matches(previousHash));
        }
    }

    /**
     * Which keys are asked for; what is not given does not matter.
     *
     * @param name how the name begins
     * @param state good, expired or revoked
     * @param scope one of its scopes
     * @param claim the claim that names tenants
     * @param tenant one of its tenants
     * @param after the last one of the page before
     */
    record Search(
            @Nullable String name,
            @Nullable String state,
            @Nullable String scope,
            String claim,
            @Nullable String tenant,
            @Nullable String after,
            int limit) {}

    Optional<Row> find(String id) {
        return jdbc.sql("SELECT * FROM caller_key WHERE id = :id")
                .param("id", id)
                .query(CallerKeyTable::row)
                .optional();
    }

    /** A page of keys, the newest first. */
    List<CallerKey> search(Search search, Instant now) {
        return jdbc.sql(
                        """
                        SELECT * FROM caller_key
                        WHERE (CAST(:name AS text) IS NULL OR starts_with(name, :name))
                          AND (CAST(:scope AS text) IS NULL OR :scope = ANY(scopes))
                          AND (CAST(:tenant AS text) IS NULL
                               OR jsonb_path_query_array(context -> CAST(:claim AS text), '$[*]') @> to_jsonb(CAST(:tenant AS text)))
                          AND (CAST(:state AS text) IS NULL OR :state = CASE
                                 WHEN revoked_at IS NOT NULL THEN 'revoked'
                                 WHEN expires_at <= :now THEN 'expired'
                                 ELSE 'good' END)
                          AND (CAST(:after AS text) IS NULL OR (created_at, id) <
                                 (SELECT k.created_at, k.id FROM caller_key k WHERE k.id = :after))
                        ORDER BY created_at DESC, id DESC
                        LIMIT :limit\
                        """)
                .param("name", search.name())
                .param("scope", search.scope())
                .param("claim", search.claim())
                .param("tenant", search.tenant())
                .param("state", search.state())
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("after", search.after())
                .param("limit", search.limit())
                .query((row, number) -> row(row, number).key())
                .list();
    }

    void insert(CallerKey key, byte[] hash) {
        jdbc.sql(
                        """
                        INSERT INTO caller_key (id, name, context, scopes, hash, created_at, created_by,
                          expires_at, requests_per_second, burst, concurrent_queries, rows_per_day,
                          grants)
                        VALUES (:id, :name, CAST(:context AS jsonb), CAST(:scopes AS text[]), :hash, :createdAt, :createdBy,
                          :expiresAt, :requestsPerSecond, :burst, :concurrentQueries, :rowsPerDay,
                          CAST(:grants AS jsonb))\
                        """)
                .param("id", key.id())
                .param("name", key.name())
                .param("context", JsonMapper.shared().writeValueAsString(key.securityContext()))
                .param("scopes", key.scopes().stream().map(Scope::text).toArray(String[]::new))
                .param("hash", hash)
                .param("createdAt", key.createdAt().atOffset(ZoneOffset.UTC))
                .param("createdBy", key.createdBy())
                .param("expiresAt", KeyRows.offset(key.expiresAt()))
                .param("requestsPerSecond", key.limits().requestsPerSecond())
                .param("burst", key.limits().burst())
                .param("concurrentQueries", key.limits().concurrentQueries())
                .param("rowsPerDay", key.limits().rowsPerDay())
                .param("grants", JsonMapper.shared().writeValueAsString(key.grants()))
                .update();
    }

    /** Gives the key another secret; the one it has is good until then. */
    Optional<CallerKey> rotate(
            String id,
            byte[] hash,
            Instant now,
            Instant previousUntil,
            @Nullable Instant expiresAt,
            String by) {
        return jdbc.sql(
                        """
                        UPDATE caller_key
                        SET previous_hash = hash, previous_until = :previousUntil, hash = :hash,
                          rotated_at = :now, rotated_by = :by,
                          expires_at = coalesce(CAST(:expiresAt AS timestamptz), expires_at)
                        WHERE id = :id AND revoked_at IS NULL
                          AND (expires_at IS NULL OR expires_at > :now)
                        RETURNING *\
                        """)
                .param("id", id)
                .param("hash", hash)
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("previousUntil", previousUntil.atOffset(ZoneOffset.UTC))
                .param("expiresAt", KeyRows.offset(expiresAt))
                .param("by", by)
                .query((row, number) -> row(row, number).key())
                .optional();
    }

    /** Replaces the key's budgets. */
    Optional<CallerKey> limit(String id, Limits limits) {
        return jdbc.sql(
                        """
                        UPDATE caller_key
                        SET requests_per_second = CAST(:requestsPerSecond AS double precision),
                          burst = CAST(:burst AS integer),
                          concurrent_queries = CAST(:concurrentQueries AS integer),
                          rows_per_day = CAST(:rowsPerDay AS bigint)
                        WHERE id = :id AND revoked_at IS NULL
                        RETURNING *\
                        """)
                .param("id", id)
                .param("requestsPerSecond", limits.requestsPerSecond())
                .param("burst", limits.burst())
                .param("concurrentQueries", limits.concurrentQueries())
                .param("rowsPerDay", limits.rowsPerDay())
                .query((row, number) -> row(row, number).key())
                .optional();
    }

    boolean revoke(String id, Instant at, String by) {
        return rows.revoke(id, at, by);
    }

    void used(Map<String, Instant> uses) {
        rows.used(uses);
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        CallerKey key =
                new CallerKey(
                        row.getString("id"),
                        row.getString("name"),
                        JsonMapper.shared().readValue(row.getString("context"), OBJECT),
                        scopes((String[]) row.getArray("scopes").getArray()),
                        new Limits(
                                row.getObject("requests_per_second", Double.class),
                                row.getObject("burst", Integer.class),
                                row.getObject("concurrent_queries", Integer.class),
                                row.getObject("rows_per_day", Long.class)),
                        JsonMapper.shared().readValue(row.getString("grants"), OBJECT),
                        row.getObject("created_at", OffsetDateTime.class).toInstant(),
                        row.getString("created_by"),
                        KeyRows.instant(row, "expires_at"),
                        KeyRows.instant(row, "rotated_at"),
                        KeyRows.instant(row, "previous_until"),
                        KeyRows.instant(row, "revoked_at"),
                        row.getString("revoked_by"),
                        KeyRows.instant(row, "last_used_at"));
        return new Row(key, row.getBytes("hash"), row.getBytes("previous_hash"));
    }

    private static Set<Scope> scopes(String[] names) {
        return Arrays.stream(names)
                .flatMap(name -> Scope.of(name).stream())
                .collect(Collectors.toUnmodifiableSet());
    }
}
