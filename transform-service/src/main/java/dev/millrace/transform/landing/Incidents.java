package dev.millrace.transform.landing;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * Partitions that stand still because the offset to go on from is outside their log. Going on
 * anywhere else would lose records or land them again: that is for a person to decide.
 */
@Component
class Incidents {

    private static final Logger log = LoggerFactory.getLogger(Incidents.class);

    private final JdbcClient database;
    private final Clock clock;

    Incidents(JdbcClient database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * An incident as operators see it. Offsets from {@code logStart} up to {@code logEnd} exist.
     */
    record Incident(
            long id,
            String topic,
            int partition,
            long nextOffset,
            long logStart,
            long logEnd,
            Instant foundAt,
            @Nullable Instant resolvedAt,
            @Nullable Long resolvedOffset) {}

    /** Opens an incident, if there is none open for the partition. */
    void open(LogPartition partition, long nextOffset, long logStart, long logEnd) {
        log.error(
                "{} stands still: its next offset {} is outside the log, which has {} up to {}."
                        + " Decide where it goes on, see docs/runbooks/offset-outside-log.md",
                partition,
                nextOffset,
                logStart,
                logEnd);
        database.sql(
                        """
                        INSERT INTO transform.landing_incident (cluster_id, topic_id, partition,
                          topic, next_offset, log_start, log_end, found_at)
                        VALUES (:cluster, :topicId, :partition, :topic, :next, :start, :end, :now)
                        ON CONFLICT (cluster_id, topic_id, partition) WHERE resolved_at IS NULL
                          DO UPDATE SET log_start = EXCLUDED.log_start, log_end = EXCLUDED.log_end
                        """)
                .param("cluster", partition.clusterId())
                .param("topicId", partition.topicId())
                .param("partition", partition.partition())
                .param("topic", partition.topic())
                .param("next", nextOffset)
                .param("start", logStart)
                .param("end", logEnd)
                .param("now", now())
                .update();
    }

    /** Whether somebody has decided on this partition since it stood still. */
    boolean isOpen(LogPartition partition) {
        return database.sql(
                                """
                                SELECT count(*) FROM transform.landing_incident
                                WHERE cluster_id = :cluster AND topic_id = :topicId
                                  AND partition = :partition AND resolved_at IS NULL
                                """)
                        .param("cluster", partition.clusterId())
                        .param("topicId", partition.topicId())
                        .param("partition", partition.partition())
                        .query(Long.class)
                        .single()
                > 0;
    }

    /** Open incidents, or all, newest first. */
    List<Incident> incidents(Scope scope) {
        return database.sql(
                        """
                        SELECT id, topic, partition, next_offset, log_start, log_end, found_at,
                          resolved_at, resolved_offset
                        FROM transform.landing_incident
                        WHERE :all OR resolved_at IS NULL ORDER BY id DESC LIMIT 1000
                        """)
                .param("all", scope == Scope.ALL)
                .query(Incident.class)
                .list();
    }

    /** Which incidents are asked for. */
    enum Scope {
        OPEN,
        ALL
    }

    /**
     * Lets a partition go on from an offset. The epoch grows, so that no lander that still holds
     * the old one can put the ledger back.
     */
    @Transactional
    public Optional<Incident> resolve(long id, long offset) {
        int resolved =
                database.sql(
                                """
                                WITH incident AS (
                                  UPDATE transform.landing_incident
                                  SET resolved_at = :now, resolved_offset = :offset
                                  WHERE id = :id AND resolved_at IS NULL
                                  RETURNING cluster_id, topic_id, partition)
                                UPDATE transform.ledger l
                                SET next_offset = :offset, epoch = l.epoch + 1, updated_at = :now
                                FROM incident i
                                WHERE l.cluster_id = i.cluster_id AND l.topic_id = i.topic_id
                                  AND l.partition = i.partition
                                """)
                        .param("now", now())
                        .param("offset", offset)
                        .param("id", id)
                        .update();
        if (resolved == 0) {
            return Optional.empty();
        }
        return incidents(Scope.ALL).stream().filter(incident -> incident.id() == id).findFirst();
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
