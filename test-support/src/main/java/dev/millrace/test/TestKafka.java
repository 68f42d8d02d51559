package dev.millrace.test;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** The Kafka broker of this test JVM. Topics are not created by use: create them first. */
public final class TestKafka {

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private TestKafka() {}

    /** Starts the broker at the first call. */
    public static String bootstrapServers() {
        return TestServers.kafka().bootstrapServers();
    }

    /** Creates a topic under a name that no other test has, and returns the name. */
    public static String newTopic(String prefix, int partitions) {
        String name = prefix + "." + ProcessHandle.current().pid() + "-" + NAMES.incrementAndGet();
        createTopic(name, partitions);
        return name;
    }

    /** Creates a topic, which must not exist. */
    public static void createTopic(String name, int partitions) {
        createTopic(name, partitions, Map.of());
    }

    /** Creates a topic with settings of its own, and returns when it takes records. */
    public static void createTopic(String name, int partitions, Map<String, String> settings) {
        create(AdminHolder.ADMIN, new NewTopic(name, partitions, (short) 1).configs(settings));
    }

    /** The broker says "created" before it knows the topic, and before it leads its partitions. */
    static void create(Admin admin, NewTopic topic) {
        answer(() -> admin.createTopics(List.of(topic)).all().get());
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < topic.numPartitions(); partition++) {
            ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!answer(() -> isLed(admin, ends))) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("nobody leads the topic " + topic.name());
            }
        }
    }

    /** Each question waits for a leader, but not for the topic. */
    private static boolean isLed(Admin admin, Map<TopicPartition, OffsetSpec> ends)
            throws ExecutionException, InterruptedException {
        try {
            admin.listOffsets(ends).all().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw e;
        }
    }

    public static void deleteTopics(Collection<String> names) {
        answer(() -> AdminHolder.ADMIN.deleteTopics(names).all().get());
    }

    public static Set<String> topics() {
        return answer(() -> AdminHolder.ADMIN.listTopics().names().get());
    }

    private static final class AdminHolder {
        static final Admin ADMIN =
                Admin.create(
                        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()));
    }

    private static <T> T answer(Question<T> question) {
        try {
            return question.ask();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka refused: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking Kafka", e);
        }
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws ExecutionException, InterruptedException;
    }
}
