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
 * What somebody has to look after. For one, partitions that stand still because the offset to go on
 * from is outside their log. Going on anywhere else would lose records or land them again: that is
 * for a person to decide. For another, partitions that are so far behind that their log will soon
 * lose what has not landed.
 */
@Component
class Incidents {

    private static final Logger log = LoggerFactory.getLogger(Incidents.class);

    /** The partition stands still. */
    static final String OUTSIDE_LOG = "outside_log";

    /** The partition goes on, and may lose records if it does not catch up. */
    static final String RETENTION = "retention";

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
            String kind,
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
        open(OUTSIDE_LOG, partition, nextOffset, logStart, logEnd);
    }

    /** Opens an incident for a partition whose log will soon lose what has not landed. */
    void openRetention(
            LogPartition partition, long nextOffset, long logStart, long logEnd, double left) {
        if (open(RETENTION, partition, nextOffset, logStart, logEnd)) {
            log.warn(
                    "{} loses records that have not landed soon: {} % of its retention is left, and"
                            + " {} offsets from {} on have not landed. Raise retention.ms or"
                            + " retention.bytes of the topic first, then find out why landing is"
                            + " behind, see docs/runbooks/lag.md",
                    partition, Math.round(100 * left), logEnd - nextOffset, nextOffset);
        }
    }

    /** Ends that incident, as landing has caught up. */
    void closeRetention(LogPartition partition, long nextOffset) {
        int closed =
                database.sql(
                                """
                                UPDATE transform.landing_incident
                                SET resolved_at = :now, resolved_offset = :next
                                WHERE cluster_id = :cluster AND topic_id = :topicId
                                  AND partition = :partition AND kind = :kind
                                  AND resolved_at IS NULL
                                """)
                        .param("now", now())
                        .param("next", nextOffset)
                        .param("cluster", partition.clusterId())
                        .param("topicId", partition.topicId())
                        .param("partition", partition.partition())
                        .param("kind", RETENTION)
                        .update();
        if (closed > 0) {
            log.info("{} is out of reach of its topic's retention again", partition);
        }
    }

    /**
     * Opens an incident, or tells what an open one has come to.
     *
     * @return whether it is new
     */
    private boolean open(
            String kind, LogPartition partition, long nextOffset, long logStart, long logEnd) {
        return database.sql(
                        """
                        INSERT INTO transform.landing_incident (kind, cluster_id, topic_id, partition,
                          topic, next_offset, log_start, log_end, found_at)
                        VALUES (:kind, :cluster, :topicId, :partition, :topic, :next, :start, :end,
                          :now)
                        ON CONFLICT (cluster_id, topic_id, partition, kind)
                          WHERE resolved_at IS NULL
                          DO UPDATE SET log_start = EXCLUDED.log_start, log_end = EXCLUDED.log_end,
                            next_offset = EXCLUDED.next_offset
                        RETURNING found_at = :now
                        """)
                .param("kind", kind)
                .param("cluster", partition.clusterId())
                .param("topicId", partition.topicId())
                .param("partition", partition.partition())
                .param("topic", partition.topic())
                .param("next", nextOffset)
                .param("start", logStart)
                .param("end", logEnd)
                .param("now", now())
                .query(Boolean.class)
                .single();
    }

    /** Whether somebody has decided on this partition since it stood still. */
    boolean isOpen(LogPartition partition) {
        return database.sql(
                                """
                                SELECT count(*) FROM transform.landing_incident
                                WHERE cluster_id = :cluster AND topic_id = :topicId
                                  AND partition = :partition AND kind = 'outside_log'
                                  AND resolved_at IS NULL
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
                        SELECT id, kind, topic, partition, next_offset, log_start, log_end,
                          found_at, resolved_at, resolved_offset
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
                                  WHERE id = :id AND kind = 'outside_log' AND resolved_at IS NULL
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
