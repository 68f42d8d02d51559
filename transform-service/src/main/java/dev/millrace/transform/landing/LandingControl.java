package dev.millrace.transform.landing;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which sources are paused. It stands in the database, so that all landers hold to it, whichever
 * process was asked.
 */
@Component
class LandingControl {

    private static final Logger log = LoggerFactory.getLogger(LandingControl.class);

    private static final Duration KEPT = Duration.ofSeconds(1);

    private final JdbcClient database;
    private final Clock clock;
    private final MultiGauge gauge;
    private Set<String> known = Set.of();
    private long knownAsOf;
    private boolean isKnown;

    LandingControl(JdbcClient database, Clock clock, MeterRegistry meters) {
        this.database = database;
        this.clock = clock;
        this.gauge =
                MultiGauge.builder("millrace.landing.paused")
                        .description("1 for each source that is paused")
                        .register(meters);
    }

    /** A source that is paused, and who wanted that. */
    record Paused(String source, Instant pausedAt, String pausedBy, String reason) {}

    /** Keeps a source's records from landing; if it is paused already, that stays as it is. */
    Paused pause(String source, String by, String reason) {
        int added =
                database.sql(
                                """
                                INSERT INTO transform.landing_control
                                  (source, paused_at, paused_by, reason)
                                VALUES (:source, :now, :by, :reason) ON CONFLICT DO NOTHING
                                """)
                        .param("source", source)
                        .param("now", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                        .param("by", by)
                        .param("reason", reason)
                        .update();
        if (added > 0) {
            log.info("{} paused the source {}: {}", by, source, reason);
        }
        return find(source).orElseGet(() -> new Paused(source, clock.instant(), by, reason));
    }

    /** Lets a source's records land again. */
    void resume(String source, String by) {
        int removed =
                database.sql("DELETE FROM transform.landing_control WHERE source = ?")
                        .param(source)
                        .update();
        if (removed > 0) {
            log.info("{} resumed the source {}", by, source);
        }
    }

    private Optional<Paused> find(String source) {
        return paused().stream().filter(paused -> paused.source().equals(source)).findFirst();
    }

    /** All that are paused now. */
    List<Paused> paused() {
        return database.sql(
                        """
                        SELECT source, paused_at, paused_by, reason FROM transform.landing_control
                        ORDER BY source
                        """)
                .query(Paused.class)
                .list();
    }

    /** The sources that are paused, or were a second ago; the last known while nobody can tell. */
    synchronized Set<String> pausedSources() {
        long now = System.nanoTime();
        if (isKnown && now - knownAsOf < KEPT.toNanos()) {
            return known;
        }
        knownAsOf = now;
        try {
            known = paused().stream().map(Paused::source).collect(Collectors.toUnmodifiableSet());
            isKnown = true;
            gauge.register(
                    known.stream().map(s -> MultiGauge.Row.of(Tags.of("source", s), 1)).toList(),
                    true);
        } catch (DataAccessException e) {
            log.debug("The database does not tell which sources are paused", e);
        }
        return known;
    }
}
