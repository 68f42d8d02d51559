package dev.millrace.operations.audit;

import dev.millrace.operations.trace.CurrentTrace;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** The audit as a table: actions are entered before they run, and get their outcome after. */
@Component
class AuditLog {

    private static final int MAX_PATH = 2000;

    private final JdbcClient jdbc;
    private final CurrentTrace trace;
    private final Clock clock;

    AuditLog(JdbcClient jdbc, CurrentTrace trace, Clock clock) {
        this.jdbc = jdbc;
        this.trace = trace;
        this.clock = clock;
    }

    /** Enters an action that begins, and returns the entry's id. */
    long enter(HttpServletRequest request, @Nullable Actor actor, @Nullable String reason) {
        return insert(request, actor, reason, null);
    }

    /** Enters an attempt that was refused before it became an action. */
    void enterRefusal(
            HttpServletRequest request,
            @Nullable Actor actor,
            @Nullable String reason,
            int status) {
        insert(request, actor, reason, status);
    }

    /**
     * Deletes the oldest refusals, and nothing else.
     *
     * @param before how old they must be
     * @param limit how many at most
     * @return how many there were
     */
    int deleteRefusals(Instant before, int limit) {
        return jdbc.sql(
                        """
                        DELETE FROM audit WHERE id IN (
                          SELECT id FROM audit WHERE refused AND at < :before
                          ORDER BY at LIMIT :limit)\
                        """)
                .param("before", before.atOffset(ZoneOffset.UTC))
                .param("limit", limit)
                .update();
    }

    /** What has its outcome when it is entered never ran. */
    private long insert(
            HttpServletRequest request,
            @Nullable Actor actor,
            @Nullable String reason,
            @Nullable Integer status) {
        return jdbc.sql(
                        """
                        INSERT INTO audit (at, actor, role, credential, method, path, reason, status,
                          remote_address, trace_id, refused)
                        VALUES (:at, :actor, :role, :credential, :method, :path, :reason, :status,
                          :remoteAddress, :traceId, :refused)
                        RETURNING id\
                        """)
                .param("at", clock.instant().atOffset(ZoneOffset.UTC))
                .param("actor", actor == null ? null : actor.name())
                .param("role", actor == null ? null : actor.role())
                .param("credential", actor == null ? null : actor.credential())
                .param("method", request.getMethod())
                .param("path", printable(request.getRequestURI(), MAX_PATH))
                .param("reason", reason)
                .param("status", status)
                .param("remoteAddress", request.getRemoteAddr())
                .param("traceId", trace.traceId().orElse(null))
                .param("refused", status != null)
                .query(Long.class)
                .single();
    }

    /** Tells how the action of an entry ended. */
    void complete(long id, int status) {
        jdbc.sql("UPDATE audit SET status = :status WHERE id = :id")
                .param("status", status)
                .param("id", id)
                .update();
    }

    /** A page of entries, newest first. */
    List<AuditEntry> entries(AuditQuery query) {
        return jdbc.sql(
                        """
                        SELECT * FROM audit
                        WHERE (CAST(:actor AS text) IS NULL OR actor = :actor)
                          AND (CAST(:method AS text) IS NULL OR method = :method)
                          AND (CAST(:path AS text) IS NULL OR starts_with(path, :path))
                          AND (CAST(:status AS integer) IS NULL OR status = :status)
                          AND (CAST(:from AS timestamptz) IS NULL OR at >= :from)
                          AND (CAST(:to AS timestamptz) IS NULL OR at < :to)
                          AND (CAST(:before AS bigint) IS NULL OR id < :before)
                        ORDER BY id DESC
                        LIMIT :limit\
                        """)
                .param("actor", query.actor())
                .param("method", query.method())
                .param("path", query.path())
                .param("status", query.status())
                .param("from", query.from() == null ? null : query.from().atOffset(ZoneOffset.UTC))
                .param("to", query.to() == null ? null : query.to().atOffset(ZoneOffset.UTC))
                .param("before", query.before())
                .param("limit", query.limit())
                .query(AuditLog::entry)
                .list();
    }

    private static AuditEntry entry(ResultSet row, int number) throws SQLException {
        return new AuditEntry(
                row.getLong("id"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("actor"),
                row.getString("role"),
                row.getString("credential"),
                row.getString("method"),
                row.getString("path"),
                row.getString("reason"),
                row.getObject("status", Integer.class),
                row.getString("remote_address"),
                row.getString("trace_id"));
    }

    /** PostgreSQL takes no zero bytes in a text, and nobody wants control characters in a log. */
    static String printable(String text, int length) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= length ? clean : clean.substring(0, length);
    }
}
