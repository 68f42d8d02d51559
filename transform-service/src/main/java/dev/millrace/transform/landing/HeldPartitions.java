package dev.millrace.transform.landing;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/** A lander's partitions of which nothing is read: they stand still, or their source is paused. */
final class HeldPartitions {

    private static final Logger log = LoggerFactory.getLogger(HeldPartitions.class);

    private static final Duration LOOK_AFTER = Duration.ofSeconds(5);

    private final String lander;
    private final LandingControl control;
    private final Cluster cluster;
    private final Set<TopicPartition> halted = new HashSet<>();
    private final Set<TopicPartition> paused = new HashSet<>();
    private long lookedAfter;

    HeldPartitions(String lander, LandingControl control, Cluster cluster) {
        this.lander = lander;
        this.control = control;
        this.cluster = cluster;
    }

    /** Holds a partition until it is forgotten. */
    void halt(TopicPartition partition) {
        halted.add(partition);
    }

    /** Those that stand still. */
    Set<TopicPartition> halted() {
        return Set.copyOf(halted);
    }

    boolean contains(TopicPartition partition) {
        return halted.contains(partition) || paused.contains(partition);
    }

    /** A partition goes on, or is somebody else's. */
    void forget(TopicPartition partition) {
        halted.remove(partition);
        paused.remove(partition);
    }

    /** Lets a consumer read nothing of them, and the rest of its partitions. */
    void hold(
            Consumer<byte[], byte[]> consumer,
            Collection<TopicPartition> partitions,
            Routes routes) {
        Set<String> sources = control.pausedSources();
        paused.clear();
        for (TopicPartition partition : partitions) {
            if (routes.source(partition.topic()).filter(sources::contains).isPresent()) {
                paused.add(partition);
            }
        }
        Set<TopicPartition> held = new HashSet<>(paused);
        held.addAll(halted);
        held.retainAll(consumer.assignment());
        Set<TopicPartition> before = consumer.paused();
        if (!held.equals(before)) {
            Set<TopicPartition> freed = new HashSet<>(before);
            freed.removeAll(held);
            consumer.resume(freed);
            consumer.pause(held);
            log.info("{} holds back {} of its partitions", lander, held.size());
        }
    }

    /**
     * How far those of paused sources have grown, every few seconds: a consumer that reads nothing
     * of a partition does not hear of it.
     */
    Map<TopicPartition, Long> pausedEnds() throws InterruptedException {
        long now = System.nanoTime();
        if (paused.isEmpty() || now - lookedAfter < LOOK_AFTER.toNanos()) {
            return Map.of();
        }
        lookedAfter = now;
        try {
            return cluster.ends(paused);
        } catch (ExecutionException e) {
            log.debug("{} does not hear how far {} have grown", lander, paused, e);
            return Map.of();
        }
    }
}
