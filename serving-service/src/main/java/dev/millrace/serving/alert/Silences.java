package dev.millrace.serving.alert;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The silences, as a table. */
@Component
class Silences {

    private final JdbcClient jdbc;

    Silences(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Silence add(
            List<Matcher> matchers,
            Instant from,
            Instant until,
            String by,
            String comment,
            Instant now) {
        Silence silence =
                new Silence(UUID.randomUUID().toString(), matchers, from, until, now, by, comment);
        jdbc.sql(
                        """
                        INSERT INTO alert_silence
                          (id, matchers, starts_at, ends_at, created_at, created_by, comment)
                        VALUES (:id, CAST(:matchers AS jsonb), :from, :until, :now, :by, :comment)\
                        """)
                .param("id", silence.id())
                .param("matchers", Json.write(matchers))
                .param("from", from.atOffset(ZoneOffset.UTC))
                .param("until", until.atOffset(ZoneOffset.UTC))
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("by", by)
                .param("comment", comment)
                .update();
        return silence;
    }

    List<Silence> active(Instant now) {
        return jdbc.sql(
                        "SELECT * FROM alert_silence WHERE starts_at <= :now AND ends_at > :now"
                                + " ORDER BY created_at, id")
                .param("now", now.atOffset(ZoneOffset.UTC))
                .query(Silences::silence)
                .list();
    }

    /** A page of silences, by the end; those that are over only if asked for. */
    List<Silence> page(Instant now, boolean expired, String after, int limit) {
        return jdbc.sql(
                        """
                        SELECT * FROM alert_silence
                        WHERE (:expired OR ends_at > :now) AND id > :after
                        ORDER BY id LIMIT :limit\
                        """)
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("expired", expired)
                .param("after", after)
                .param("limit", limit)
                .query(Silences::silence)
                .list();
    }

    /** Ends a silence; says whether there was one to end. */
    Optional<Silence> end(String id, Instant now) {
        return jdbc.sql(
                        """
                        UPDATE alert_silence SET ends_at = :now, starts_at = least(starts_at, :now)
                        WHERE id = :id AND ends_at > :now RETURNING *\
                        """)
                .param("id", id)
                .param("now", now.atOffset(ZoneOffset.UTC))
                .query(Silences::silence)
                .optional();
    }

    static Silence silence(ResultSet row, int number) throws SQLException {
        return new Silence(
                row.getString("id"),
                Json.matchers(row.getString("matchers")),
                row.getObject("starts_at", OffsetDateTime.class).toInstant(),
                row.getObject("ends_at", OffsetDateTime.class).toInstant(),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getString("created_by"),
                row.getString("comment"));
    }
}
