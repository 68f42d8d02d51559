package dev.millrace.transform.landing;

import dev.millrace.transform.landing.Ledger.Claim;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * One consumer and its loop: polls, lands what it got, and polls again. Where to go on stands in
 * the ledger alone; Kafka's committed offsets only follow, for those who watch lag there.
 */
final class Lander implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Lander.class);

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LOOK_AFTER = Duration.ofSeconds(5);
    private static final Duration LOOK_AT_LEDGER = Duration.ofSeconds(1);
    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final String name;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Supplier<Routes> routes;
    private final Cluster cluster;
    private final Ledger ledger;
    private final Incidents incidents;
    private final PollLanding landing;
    private final LandingWatch watch;

    private final Map<TopicPartition, Claim> claims = new HashMap<>();
    private final HeldPartitions held;
    private volatile boolean stopped;
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private Set<String> subscribed = Set.of();
    private int failures;

    private long lookedAfter;
    private long lookedAtLedger;

    Lander(
            String name,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Routes> routes,
            Cluster cluster,
            Ledger ledger,
            Incidents incidents,
            LandingControl control,
            PollLanding landing,
            LandingWatch watch) {
        this.name = name;
        this.consumers = consumers;
        this.routes = routes;
        this.cluster = cluster;
        this.ledger = ledger;
        this.incidents = incidents;
        this.held = new HeldPartitions(name, control, cluster);
        this.landing = landing;
        this.watch = watch;
    }

    @Override
    public void run() {
        while (!stopped) {
            try (Consumer<byte[], byte[]> opened = consumers.get()) {
                consumer = opened;
                subscribed = Set.of();
                work(opened);
            } catch (WakeupException e) {
                log.debug("{} was woken up to stop", name);
            } catch (FencedException e) {
                log.warn("{} gives up its partitions and joins anew: {}", name, e.getMessage());
                pause();
            } catch (SQLException | ExecutionException | RuntimeException | Error e) {
                // Also an error: nobody else would go on with these partitions.
                log.warn("{} starts anew: {}", name, e.toString(), e);
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } finally {
                consumer = null;
                forget(Set.copyOf(claims.keySet()));
            }
        }
    }

    /** Ends the loop after the batch at hand. */
    void stop() {
        stopped = true;
        Consumer<byte[], byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
    }

    private void work(Consumer<byte[], byte[]> consumer)
            throws SQLException, FencedException, ExecutionException, InterruptedException {
        while (!stopped) {
            Routes current = routes.get();
            subscribe(consumer, current);
            if (subscribed.isEmpty()) {
                Thread.sleep(POLL);
                continue;
            }
            lookAfterHalted(consumer);
            lookAfterMoved(consumer);
            held.hold(consumer, claims.keySet(), current);
            ConsumerRecords<byte[], byte[]> records;
            try {
                records = consumer.poll(POLL);
            } catch (OffsetOutOfRangeException e) {
                halt(consumer, e.offsetOutOfRangePartitions().keySet());
                continue;
            }
            if (!records.nextOffsets().isEmpty()) {
                land(consumer, current, records);
            }
            watchLag(consumer);
        }
    }

    /** Follows the topics of the project's revision that are there; others may come to be. */
    private void subscribe(Consumer<byte[], byte[]> consumer, Routes current)
            throws ExecutionException, InterruptedException {
        Set<String> wanted = current.topics();
        wanted.retainAll(cluster.topics());
        if (!wanted.equals(subscribed)) {
            log.info("{} follows the topics {}", name, wanted);
            consumer.subscribe(wanted, new Assignments(consumer));
            subscribed = wanted;
        }
    }

    private void land(
            Consumer<byte[], byte[]> consumer,
            Routes current,
            ConsumerRecords<byte[], byte[]> polled)
            throws FencedException, InterruptedException {
        Portion portion = Portion.of(polled, claims);
        if (portion.isEmpty()) {
            return;
        }
        try {
            landing.land(portion, current, claims);
            failures = 0;
            consumer.commitAsync(committed(portion), (_, e) -> logCommit(e));
        } catch (SQLException e) {
            log.warn(
                    "{} could not land {} records and tries again: {}",
                    name,
                    portion.size(),
                    e.getMessage(),
                    failures == 0 ? e : null);
            watch.failed();
            pause();
            goBack(consumer, portion.ends().keySet());
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(Portion portion) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        portion.ends()
                .forEach((partition, end) -> offsets.put(partition, new OffsetAndMetadata(end)));
        return offsets;
    }

    /** Goes on from the ledger, as a commit that failed may have gone through all the same. */
    private void goBack(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions)
            throws FencedException, InterruptedException {
        while (!stopped) {
            try {
                for (TopicPartition partition : partitions) {
                    Claim claim = ledger.look(Objects.requireNonNull(claims.get(partition)));
                    claims.put(partition, claim);
                    consumer.seek(partition, claim.nextOffset());
                }
                return;
            } catch (SQLException e) {
                log.warn("{} cannot reach the ledger: {}", name, e.getMessage());
                pause();
            }
        }
    }

    private void logCommit(@Nullable Exception e) {
        if (e != null) {
            log.debug("{} could not commit offsets to Kafka, which only lag tools read", name, e);
        }
    }

    /** Stops partitions whose next offset their log does not have. */
    private void halt(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions)
            throws ExecutionException, InterruptedException {
        lookAtTopics();
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        for (TopicPartition partition : partitions) {
            Claim claim = claims.get(partition);
            if (claim == null) {
                continue;
            }
            long begin = begins.getOrDefault(partition, 0L);
            consumer.pause(Set.of(partition));
            // A paused partition still wants a position within its log.
            consumer.seek(partition, begin);
            held.halt(partition);
            incidents.open(
                    claim.partition(), claim.nextOffset(), begin, ends.getOrDefault(partition, 0L));
        }
        watch.halted(name, held.halted().size());
    }

    /** Lets halted partitions go on once somebody has decided where. */
    private void lookAfterHalted(Consumer<byte[], byte[]> consumer) throws SQLException {
        long now = System.nanoTime();
        if (held.halted().isEmpty() || now - lookedAfter < LOOK_AFTER.toNanos()) {
            return;
        }
        lookedAfter = now;
        for (TopicPartition partition : held.halted()) {
            Claim claim = Objects.requireNonNull(claims.get(partition));
            if (!incidents.isOpen(claim.partition())) {
                goOn(consumer, partition, claim);
            }
        }
        watch.halted(name, held.halted().size());
    }

    /** Follows the ledger where somebody moved it under our feet, also when nothing is to land. */
    private void lookAfterMoved(Consumer<byte[], byte[]> consumer) throws InterruptedException {
        long now = System.nanoTime();
        if (claims.isEmpty() || now - lookedAtLedger < LOOK_AT_LEDGER.toNanos()) {
            return;
        }
        lookedAtLedger = now;
        lookAtTopics();
        try {
            for (Ledger.Position position : ledger.positions(name)) {
                LogPartition moved = position.partition();
                TopicPartition partition = new TopicPartition(moved.topic(), moved.partition());
                Claim claim = claims.get(partition);
                if (claim != null
                        && claim.partition().equals(moved)
                        && claim.epoch() < position.epoch()) {
                    goOn(consumer, partition, claim);
                }
            }
        } catch (SQLException e) {
            log.debug("{} cannot look at the ledger now", name, e);
        }
        watch.halted(name, held.halted().size());
    }

    /**
     * Begins anew if a topic is not the one that was claimed: one of the same name begins with
     * offset 0, and the consumer does not tell.
     */
    private void lookAtTopics() throws InterruptedException {
        Set<String> topics = new HashSet<>();
        claims.keySet().forEach(partition -> topics.add(partition.topic()));
        Map<String, UUID> ids;
        try {
            ids = cluster.topicIds(topics);
        } catch (ExecutionException e) {
            log.debug("{} cannot look at the topics now", name, e);
            return;
        }
        for (Claim claim : claims.values()) {
            LogPartition claimed = claim.partition();
            if (!claimed.topicId().equals(ids.get(claimed.topic()))) {
                throw new IllegalStateException(
                        "the topic %s was deleted and made anew".formatted(claimed.topic()));
            }
        }
    }

    private void goOn(Consumer<byte[], byte[]> consumer, TopicPartition partition, Claim claim)
            throws SQLException {
        Claim anew = ledger.claim(claim.partition(), name, 0);
        claims.put(partition, anew);
        held.forget(partition);
        consumer.seek(partition, anew.nextOffset());
        log.info("{} goes on with {} at {}", name, partition, anew.nextOffset());
    }

    private void watchLag(Consumer<byte[], byte[]> consumer) throws InterruptedException {
        for (TopicPartition partition : claims.keySet()) {
            OptionalLong lag = consumer.currentLag(partition);
            if (lag.isPresent() && !held.contains(partition)) {
                watch.lag(partition, lag.getAsLong());
            }
        }
        held.pausedEnds()
                .forEach(
                        (partition, end) -> {
                            Claim claim = claims.get(partition);
                            if (claim != null) {
                                watch.lag(partition, Math.max(0, end - claim.nextOffset()));
                            }
                        });
    }

    private void forget(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            claims.remove(partition);
            held.forget(partition);
            watch.forget(partition);
        }
        watch.halted(name, held.halted().size());
    }

    private void pause() {
        failures++;
        long millis =
                Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures - 1, 5));
        try {
            for (long slept = 0; slept < millis && !stopped; slept += FIRST_PAUSE_MILLIS) {
                Thread.sleep(FIRST_PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }

    /** Claims partitions in the ledger as Kafka assigns them. */
    private final class Assignments implements ConsumerRebalanceListener {

        private final Consumer<byte[], byte[]> consumer;

        Assignments(Consumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (partitions.isEmpty()) {
                return;
            }
            try {
                claim(partitions);
            } catch (SQLException e) {
                throw new IllegalStateException("the ledger cannot be reached", e);
            } catch (ExecutionException e) {
                throw new IllegalStateException("Kafka does not describe its topics", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while claiming partitions", e);
            }
        }

        private void claim(Collection<TopicPartition> partitions)
                throws SQLException, ExecutionException, InterruptedException {
            Map<String, UUID> ids =
                    cluster.topicIds(
                            partitions.stream().map(TopicPartition::topic).distinct().toList());
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<TopicPartition> outside = new ArrayList<>();
            for (TopicPartition partition : partitions) {
                long begin = begins.getOrDefault(partition, 0L);
                LogPartition found =
                        new LogPartition(
                                cluster.id(),
                                Objects.requireNonNull(ids.get(partition.topic())),
                                partition.topic(),
                                partition.partition());
                Claim claim = ledger.claim(found, name, begin);
                claims.put(partition, claim);
                if (claim.nextOffset() < begin
                        || claim.nextOffset() > ends.getOrDefault(partition, Long.MAX_VALUE)) {
                    outside.add(partition);
                } else {
                    consumer.seek(partition, claim.nextOffset());
                }
            }
            if (!outside.isEmpty()) {
                halt(consumer, outside);
            }
            held.hold(consumer, claims.keySet(), routes.get());
            log.info("{} lands {}", name, claims.values().stream().map(Lander::where).toList());
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            forget(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            forget(partitions);
        }
    }

    private static String where(Claim claim) {
        return claim.partition() + "@" + claim.nextOffset();
    }
}
