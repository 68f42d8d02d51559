package dev.millrace.transform.landing;

import dev.millrace.operations.background.BackgroundWork;
import dev.millrace.transform.landing.Ledger.Position;
import dev.millrace.transform.landing.Retention.Unread;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;

import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * Sounds an alarm before a topic's retention deletes what has not landed. It depends on no lander,
 * as those may be what is wrong; one process does it for all.
 */
final class RetentionWatch extends BackgroundWork {

    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Records younger than this part of the retention are not looked at one by one. */
    private static final double YOUNG = 0.1;

    private final JdbcClient database;
    private final Ledger ledger;
    private final Cluster cluster;
    private final Incidents incidents;
    private final Supplier<Routes> routes;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Clock clock;
    private final double alarm;
    private final MultiGauge gauge;
    private final String process = UUID.randomUUID().toString();

    /**
     * @param consumers of no group
     * @param alarm how much of the retention must be left, as a part of 1
     */
    RetentionWatch(
            JdbcClient database,
            Ledger ledger,
            Cluster cluster,
            Incidents incidents,
            Supplier<Routes> routes,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Clock clock,
            double alarm,
            MeterRegistry meters) {
        super("landing-retention");
        this.database = database;
        this.ledger = ledger;
        this.cluster = cluster;
        this.incidents = incidents;
        this.routes = routes;
        this.consumers = consumers;
        this.clock = clock;
        this.alarm = alarm;
        this.gauge =
                MultiGauge.builder("millrace.landing.retention.left.ratio")
                        .description(
                                "How much of the topic's retention is left for what has not landed")
                        .register(meters);
    }

    @Override
    protected void round() throws InterruptedException {
        Thread.sleep(INTERVAL);
        try {
            look();
        } catch (SQLException | ExecutionException e) {
            throw new IllegalStateException(
                    "how much of the retention is left cannot be told: " + e.getMessage(), e);
        }
    }

    /** Looks at all partitions, unless another process does. */
    void look() throws SQLException, ExecutionException, InterruptedException {
        if (!isMine()) {
            gauge.register(List.of(), true);
            return;
        }
        Set<String> topics = routes.get().topics();
        topics.retainAll(cluster.topics());
        Map<String, Retention> retentions = cluster.retentions(topics);
        List<Position> positions =
                ledger.positions(cluster.id(), cluster.topicIds(topics).values());
        Map<TopicPartition, Unread> unread = unread(positions, retentions);
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (Position position : positions) {
            Unread of = unread.get(topicPartition(position));
            if (of == null) {
                continue;
            }
            LogPartition partition = position.partition();
            double left =
                    retentions
                            .getOrDefault(partition.topic(), Retention.FOREVER)
                            .left(of, clock.millis());
            rows.add(
                    MultiGauge.Row.of(
                            Tags.of(
                                    "topic",
                                    partition.topic(),
                                    "partition",
                                    Integer.toString(partition.partition())),
                            left));
            tell(partition, of, left);
        }
        gauge.register(rows, true);
    }

    private void tell(LogPartition partition, Unread unread, double left) {
        if (left < alarm) {
            incidents.openRetention(partition, unread.next(), unread.start(), unread.end(), left);
        } else if (left >= Math.min(1, alarm * 1.25)) {
            // Somewhat above, so that it does not come and go.
            incidents.closeRetention(partition, unread.next());
        }
    }

    /** Who has the duty keeps it, unless it is silent for three rounds. */
    private boolean isMine() {
        return database.sql(
                                """
                                INSERT INTO transform.landing_duty AS d (duty, holder, until)
                                VALUES ('retention', :me, now() + interval '90 seconds')
                                ON CONFLICT (duty) DO UPDATE
                                  SET holder = EXCLUDED.holder, until = EXCLUDED.until
                                  WHERE d.holder = EXCLUDED.holder OR d.until < now()
                                """)
                        .param("me", process)
                        .update()
                > 0;
    }

    private Map<TopicPartition, Unread> unread(
            List<Position> positions, Map<String, Retention> retentions)
            throws ExecutionException, InterruptedException {
        List<TopicPartition> partitions =
                positions.stream().map(RetentionWatch::topicPartition).toList();
        Map<TopicPartition, Long> starts = cluster.offsets(partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = cluster.offsets(partitions, OffsetSpec.latest());
        Map<TopicPartition, Long> sizes =
                retentions.values().stream().anyMatch(retention -> retention.bytes() != null)
                        ? cluster.sizes()
                        : Map.of();
        Map<TopicPartition, Long> old = old(positions, retentions, starts, ends);
        Map<TopicPartition, Long> times = old.isEmpty() ? Map.of() : times(old);
        Map<TopicPartition, Unread> unread = new HashMap<>();
        for (Position position : positions) {
            TopicPartition partition = topicPartition(position);
            Long start = starts.get(partition);
            Long end = ends.get(partition);
            if (start != null && end != null) {
                unread.put(
                        partition,
                        new Unread(
                                start,
                                end,
                                position.nextOffset(),
                                times.get(partition),
                                sizes.get(partition)));
            }
        }
        return unread;
    }

    /** The next offsets of partitions whose next record may not be young. */
    private Map<TopicPartition, Long> old(
            List<Position> positions,
            Map<String, Retention> retentions,
            Map<TopicPartition, Long> starts,
            Map<TopicPartition, Long> ends)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> old = new HashMap<>();
        Map<TopicPartition, OffsetSpec> youngest = new HashMap<>();
        for (Position position : positions) {
            TopicPartition partition = topicPartition(position);
            Long millis = retentions.getOrDefault(partition.topic(), Retention.FOREVER).millis();
            if (millis != null
                    && position.nextOffset() >= starts.getOrDefault(partition, Long.MAX_VALUE)
                    && position.nextOffset() < ends.getOrDefault(partition, 0L)) {
                old.put(partition, position.nextOffset());
                long young = clock.millis() - (long) (YOUNG * millis);
                youngest.put(partition, OffsetSpec.forTimestamp(young));
            }
        }
        cluster.offsets(youngest)
                .forEach(
                        (partition, young) ->
                                old.computeIfPresent(
                                        partition,
                                        (_, next) -> young >= 0 && next >= young ? null : next));
        return old;
    }

    /** When the records at some offsets, or the first ones after them, were written. */
    private Map<TopicPartition, Long> times(Map<TopicPartition, Long> offsets) {
        Map<TopicPartition, Long> times = new HashMap<>();
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            consumer.assign(offsets.keySet());
            offsets.forEach(consumer::seek);
            Set<TopicPartition> missing = new HashSet<>(offsets.keySet());
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!missing.isEmpty() && System.nanoTime() < deadline) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
                for (TopicPartition partition : records.partitions()) {
                    ConsumerRecord<?, ?> first = records.records(partition).getFirst();
                    times.putIfAbsent(partition, first.timestamp());
                    missing.remove(partition);
                }
                consumer.pause(records.partitions());
            }
        }
        return times;
    }

    private static TopicPartition topicPartition(Position position) {
        return new TopicPartition(position.partition().topic(), position.partition().partition());
    }
}
