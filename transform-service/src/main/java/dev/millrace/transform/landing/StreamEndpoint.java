package dev.millrace.transform.landing;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Tells operators what has landed where, and how far each topic is behind. */
@RestController
class StreamEndpoint {

    private static final Logger log = LoggerFactory.getLogger(StreamEndpoint.class);

    private final JdbcClient database;
    private final Cluster cluster;
    private final Supplier<Routes> routes;
    private final LandingControl control;

    StreamEndpoint(
            JdbcClient database,
            Cluster cluster,
            @Qualifier("landingRoutes") Supplier<Routes> routes,
            LandingControl control) {
        this.control = control;
        this.database = database;
        this.cluster = cluster;
        this.routes = routes;
    }

    /** What has landed in a relation, in all. */
    record Stream(
            String relation,
            String source,
            String stream,
            long rows,
            long duplicates,
            @Nullable Instant lastEventAt,
            @Nullable Instant lastLoadedAt,
            long lateRows) {}

    /**
     * How far a partition has landed.
     *
     * @param end the offset after its last record; absent while the cluster cannot be asked
     * @param lag records that have not landed
     * @param paused whether somebody wants them not to land now
     */
    record Partition(
            String topic,
            int partition,
            long nextOffset,
            @Nullable Long end,
            @Nullable Long lag,
            Instant updatedAt,
            boolean paused) {}

    /** Both, and the sources that are paused. */
    record Streams(
            List<Stream> streams, List<Partition> partitions, List<LandingControl.Paused> paused) {}

    private record Position(String topic, int partition, long nextOffset, Instant updatedAt) {}

    @GetMapping("/operator/streams")
    Streams streams() throws InterruptedException {
        List<Stream> streams =
                database.sql(
                                """
                                SELECT relation, source, stream, rows, duplicates, last_event_at,
                                  last_loaded_at, late_rows
                                FROM transform.landed_stream ORDER BY relation
                                """)
                        .query(Stream.class)
                        .list();
        List<LandingControl.Paused> paused = control.paused();
        return new Streams(streams, partitions(paused), paused);
    }

    private List<Partition> partitions(List<LandingControl.Paused> paused)
            throws InterruptedException {
        Routes current = routes.get();
        Set<String> still =
                paused.stream().map(LandingControl.Paused::source).collect(Collectors.toSet());
        List<Position> positions =
                database
                        .sql(
                                """
                                SELECT DISTINCT ON (l.topic, l.partition)
                                  l.topic, l.partition, l.next_offset, l.updated_at
                                FROM transform.ledger l
                                JOIN transform.landed_topic t USING (cluster_id, topic_id)
                                ORDER BY l.topic, l.partition, t.generation DESC
                                """)
                        .query(Position.class)
                        .list()
                        .stream()
                        .filter(position -> current.route(position.topic()) != null)
                        .toList();
        Map<TopicPartition, Long> ends = ends(positions);
        return positions.stream()
                .map(
                        position -> {
                            Long end =
                                    ends.get(
                                            new TopicPartition(
                                                    position.topic(), position.partition()));
                            return new Partition(
                                    position.topic(),
                                    position.partition(),
                                    position.nextOffset(),
                                    end,
                                    end == null ? null : Math.max(0, end - position.nextOffset()),
                                    position.updatedAt(),
                                    current.source(position.topic())
                                            .filter(still::contains)
                                            .isPresent());
                        })
                .toList();
    }

    private Map<TopicPartition, Long> ends(List<Position> positions) throws InterruptedException {
        try {
            return cluster.ends(
                    positions.stream()
                            .map(p -> new TopicPartition(p.topic(), p.partition()))
                            .toList());
        } catch (ExecutionException e) {
            log.warn("The cluster does not tell its offsets: {}", e.getMessage());
            return new HashMap<>();
        }
    }
}
