package dev.millrace.transform.publish;

import dev.millrace.operations.background.BackgroundWork;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What another service announces on a compacted topic, where the latest record of a key counts.
 * Each replica reads all of it, from the beginning, and on.
 */
public final class Announced<T> extends BackgroundWork {

    private static final Logger log = LoggerFactory.getLogger(Announced.class);

    /** A topic that is not there yet, or a cluster, is looked for again. */
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private static final Duration POLL = Duration.ofSeconds(1);

    /**
     * All is read anew by then: who could not read for a day misses records without a value, as
     * Kafka keeps them no longer.
     */
    private static final Duration ANEW = Duration.ofHours(1);

    private final String topic;
    private final Class<T> type;
    private final JsonMapper json;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private volatile @Nullable Map<String, T> current;
    private String complaint = "";

    Announced(
            String topic,
            Class<T> type,
            JsonMapper json,
            Supplier<Consumer<byte[], byte[]>> consumers) {
        super("announced-" + topic);
        this.topic = topic;
        this.type = type;
        this.json = json;
        this.consumers = consumers;
    }

    /** What is announced, by key; empty until the topic's end was reached for the first time. */
    public Optional<Map<String, T>> current() {
        return Optional.ofNullable(current);
    }

    @Override
    protected void round() throws InterruptedException {
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            read(consumer);
            return;
        } catch (KafkaException e) {
            complain(e.toString());
        }
        Thread.sleep(PAUSE);
    }

    private void read(Consumer<byte[], byte[]> consumer) throws InterruptedException {
        try {
            follow(consumer, partitions(consumer));
        } catch (InterruptException e) {
            // It has set the flag again, in the way of the consumer's orderly end.
            Thread.interrupted();
            InterruptedException interrupted = new InterruptedException(e.getMessage());
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    /** Waits for the topic: it is made when there is something to announce. */
    private List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer)
            throws InterruptedException {
        List<PartitionInfo> found = consumer.partitionsFor(topic);
        if (found.isEmpty()) {
            log.info("The topic {} is not there yet", topic);
        }
        while (found.isEmpty()) {
            Thread.sleep(PAUSE);
            found = consumer.partitionsFor(topic);
        }
        return found.stream().map(info -> new TopicPartition(topic, info.partition())).toList();
    }

    private void complain(String words) {
        if (!words.equals(complaint)) {
            complaint = words;
            log.warn("The topic {} cannot be read, and is tried again: {}", topic, words);
        }
    }

    private void follow(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<String, T> records = new HashMap<>();
        boolean isComplete = false;
        long until = System.nanoTime() + ANEW.toNanos();
        while (System.nanoTime() < until) {
            boolean isChanged = false;
            for (ConsumerRecord<byte[], byte[]> read : consumer.poll(POLL)) {
                take(records, read);
                isChanged = true;
            }
            if (!isComplete
                    && partitions.stream()
                            .allMatch(p -> consumer.position(p) >= ends.getOrDefault(p, 0L))) {
                isComplete = true;
                isChanged = true;
                complaint = "";
            }
            if (isComplete && isChanged) {
                current = Map.copyOf(records);
            }
        }
    }

    private void take(Map<String, T> records, ConsumerRecord<byte[], byte[]> read) {
        if (read.key() == null) {
            malformed(read, "it has no key");
            return;
        }
        String key = new String(read.key(), StandardCharsets.UTF_8);
        if (read.value() == null) {
            records.remove(key);
            return;
        }
        try {
            @Nullable T event = json.readValue(read.value(), type);
            if (event == null) {
                malformed(read, "it is null");
            } else {
                records.put(key, event);
            }
        } catch (JacksonException e) {
            malformed(read, e.getOriginalMessage());
        } catch (RuntimeException e) {
            malformed(read, e.toString());
        }
    }

    /** What stood there before under the key stays. */
    private static void malformed(ConsumerRecord<byte[], byte[]> read, String words) {
        log.warn(
                "The record at offset {} of {}-{} cannot be understood, and is skipped: {}",
                read.offset(),
                read.topic(),
                read.partition(),
                words);
    }
}
