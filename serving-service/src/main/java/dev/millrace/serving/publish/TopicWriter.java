package dev.millrace.serving.publish;

import dev.millrace.contracts.topic.Topic;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Writes to compacted topics, and makes those that are not there. There is little to write and
 * seldom: so it connects for each time.
 */
final class TopicWriter {

    private static final Logger log = LoggerFactory.getLogger(TopicWriter.class);

    private static final int TIMEOUT_MILLIS = 10_000;
    private static final Duration CLOSING = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Map<String, Object> admin;
    private final Map<String, Object> consumer;
    private final Map<String, Object> producer;
    private final TopicSettings settings;

    /** Kafka cannot be asked now, or says no. */
    static final class UnavailableException extends Exception {

        UnavailableException(Throwable cause) {
            super(String.valueOf(cause.getMessage()), cause);
        }
    }

    /** Boot's settings decide how to reach the cluster; what follows decides what may get lost. */
    TopicWriter(
            Map<String, Object> admin,
            Map<String, Object> consumer,
            Map<String, Object> producer,
            TopicSettings settings) {
        this.admin = new HashMap<>(admin);
        this.admin.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        this.admin.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        this.consumer = new HashMap<>(consumer);
        this.consumer.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        this.consumer.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        this.consumer.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.consumer.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.consumer.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        this.consumer.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        this.consumer.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        this.producer = new HashMap<>(producer);
        this.producer.remove(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG);
        this.producer.remove(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG);
        this.producer.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        this.producer.put(ProducerConfig.ACKS_CONFIG, "all");
        this.producer.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        this.producer.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        this.producer.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MILLIS);
        this.producer.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        this.producer.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 3 * TIMEOUT_MILLIS);
        this.settings = settings;
    }

    /**
     * Makes the change, and returns when the brokers have it.
     *
     * @throws UnavailableException if they may not have all of it
     */
    void write(Topic topic, Change change) throws UnavailableException, InterruptedException {
        try {
            ensure(topic);
            Map<String, Optional<byte[]>> records =
                    change.over(change.all() == null ? Map.of() : present(topic));
            if (change.all() == null) {
                // Nothing is known of what it has: what is to go may be there.
                records.putAll(change.some());
            }
            send(topic, records);
        } catch (ExecutionException e) {
            throw new UnavailableException(e.getCause() == null ? e : e.getCause());
        } catch (InterruptException e) {
            throw interrupted(e);
        } catch (KafkaException e) {
            throw new UnavailableException(e);
        }
    }

    private static InterruptedException interrupted(InterruptException e) {
        // It has set the flag again, which the one who waits would meet first.
        Thread.interrupted();
        InterruptedException interrupted = new InterruptedException(e.getMessage());
        interrupted.initCause(e);
        return interrupted;
    }

    /** A topic that is there keeps its settings, and needs no right to make it. */
    private void ensure(Topic topic) throws ExecutionException, InterruptedException {
        try (Admin client = Admin.create(admin)) {
            try {
                client.describeTopics(List.of(topic.name())).allTopicNames().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                create(client, topic);
            }
        }
    }

    private void create(Admin client, Topic topic) throws ExecutionException, InterruptedException {
        try {
            client.createTopics(Set.of(settings.newTopic(topic))).all().get();
            log.info("Created the topic {}", topic.name());
        } catch (ExecutionException e) {
            // Another replica of this service may have been faster.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /** The latest record of each key that the topic has now. */
    private Map<String, byte[]> present(Topic topic) {
        try (Consumer<byte[], byte[]> reader =
                new KafkaConsumer<>(
                        consumer, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    reader.partitionsFor(topic.name()).stream()
                            .map(TopicWriter::partition)
                            .toList();
            if (partitions.isEmpty()) {
                throw new TimeoutException("The brokers do not know " + topic.name() + " yet");
            }
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
            long deadline = System.nanoTime() + Duration.ofMillis(3L * TIMEOUT_MILLIS).toNanos();
            Map<String, byte[]> present = new LinkedHashMap<>();
            while (partitions.stream()
                    .anyMatch(p -> reader.position(p) < ends.getOrDefault(p, 0L))) {
                if (System.nanoTime() > deadline) {
                    throw new TimeoutException("The end of " + topic.name() + " is not reached");
                }
                for (ConsumerRecord<byte[], byte[]> read : reader.poll(POLL)) {
                    take(present, read);
                }
            }
            return present;
        }
    }

    private static TopicPartition partition(PartitionInfo info) {
        return new TopicPartition(info.topic(), info.partition());
    }

    private static void take(Map<String, byte[]> present, ConsumerRecord<byte[], byte[]> read) {
        if (read.key() == null) {
            return;
        }
        String key = new String(read.key(), StandardCharsets.UTF_8);
        if (read.value() == null) {
            present.remove(key);
        } else {
            present.put(key, read.value());
        }
    }

    private void send(Topic topic, Map<String, Optional<byte[]>> records)
            throws ExecutionException, InterruptedException {
        if (records.isEmpty()) {
            return;
        }
        Producer<byte[], byte[]> writer =
                new KafkaProducer<>(producer, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            Map<String, Future<RecordMetadata>> sent = new LinkedHashMap<>();
            records.forEach(
                    (key, value) ->
                            sent.put(
                                    key,
                                    writer.send(
                                            new ProducerRecord<>(
                                                    topic.name(),
                                                    key.getBytes(StandardCharsets.UTF_8),
                                                    value.orElse(null)))));
            writer.flush();
            for (Map.Entry<String, Future<RecordMetadata>> one : sent.entrySet()) {
                settle(topic, one.getKey(), one.getValue());
            }
        } finally {
            writer.close(CLOSING);
        }
    }

    /** What can never be sent is not tried again, so that the others are heard. */
    private static void settle(Topic topic, String key, Future<RecordMetadata> sent)
            throws ExecutionException, InterruptedException {
        try {
            sent.get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof RecordTooLargeException)) {
                throw e;
            }
            log.error(
                    "The record '{}' of {} is larger than Kafka takes, and is not told: {}",
                    key,
                    topic.name(),
                    e.getCause().getMessage());
        }
    }
}
