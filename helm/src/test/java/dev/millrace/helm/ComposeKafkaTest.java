package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.topic.Topic;
import dev.millrace.contracts.topic.Topics;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** The Compose file's Kafka lets each service do what it must, and nothing else. */
class ComposeKafkaTest {

    private static final String DECLARED = "shop.clicks.v1";

    @TempDir private static Path directory;

    private static ComposeKafka kafka;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        Map<String, String> secrets = ComposeSecrets.generate(directory.resolve("env"));
        kafka = ComposeKafka.start(directory, secrets, "other," + DECLARED);
    }

    @AfterAll
    static void stop() throws IOException {
        kafka.close();
    }

    @Test
    void ingestionCreatesAndFillsTheTopicsOfItsSources() throws Exception {
        create("ingestion", Topics.raw("web"));
        create("ingestion", Topics.QUARANTINE);

        produce("ingestion", Topics.raw("web").name());
        produce("ingestion", Topics.QUARANTINE.name());
    }

    @Test
    void ingestionReadsNothingAndWritesNowhereElse() throws Exception {
        create("ingestion", Topics.raw("unread"));
        produce("ingestion", Topics.raw("unread").name());

        assertThatThrownBy(() -> consume("ingestion", Topics.raw("unread").name()))
                .isInstanceOfAny(
                        TopicAuthorizationException.class, GroupAuthorizationException.class);
        assertThatThrownBy(() -> create("ingestion", Topics.RUNS))
                .hasCauseInstanceOf(TopicAuthorizationException.class);
        assertThatThrownBy(() -> produce("ingestion", DECLARED))
                .hasCauseInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    void transformReadsTheSourcesAndTellsOthers() throws Exception {
        create("ingestion", Topics.raw("read"));
        produce("ingestion", Topics.raw("read").name());
        create("transform", Topics.DATASETS);
        create("transform", Topics.RUNS);

        assertThat(consume("transform", Topics.raw("read").name())).isEqualTo(1);
        produce("transform", Topics.DATASETS.name());
        produce("transform", Topics.RUNS.name());
    }

    @Test
    void servingTellsTransformWhatItWants() throws Exception {
        create("serving", Topics.FEEDS);
        create("serving", Topics.ROLLUPS);

        produce("serving", Topics.FEEDS.name());
        produce("serving", Topics.ROLLUPS.name());

        assertThat(consume("transform", Topics.FEEDS.name())).isEqualTo(1);
        assertThat(readAll("serving", Topics.ROLLUPS.name())).isEqualTo(1);
        assertThatThrownBy(() -> produce("transform", Topics.FEEDS.name()))
                .hasCauseInstanceOf(TopicAuthorizationException.class);
        assertThatThrownBy(() -> create("serving", Topics.raw("served")))
                .hasCauseInstanceOf(TopicAuthorizationException.class);
    }

    /** As nobody's group, which needs no right on one. */
    private static int readAll(String user, String topic) {
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(
                        kafka.clientSettings(user),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            for (int attempt = 0; attempt < 30; attempt++) {
                int count = consumer.poll(Duration.ofMillis(500)).count();
                if (count > 0) {
                    return count;
                }
            }
            return 0;
        }
    }

    @Test
    void transformWritesToNoSource() throws Exception {
        create("ingestion", Topics.raw("guarded"));

        assertThatThrownBy(() -> produce("transform", Topics.raw("guarded").name()))
                .hasCauseInstanceOf(TopicAuthorizationException.class);
        assertThatThrownBy(() -> create("transform", Topics.raw("another")))
                .hasCauseInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    void producersOfThisMachineWriteWhatTheProjectDeclaresAndTransformReadsIt() throws Exception {
        create(
                "transform",
                new Topic(
                        DECLARED,
                        "none",
                        1,
                        Topic.Cleanup.DELETE,
                        Duration.ofDays(1),
                        Topic.Owner.TRANSFORM));

        produce(kafka.producerSettings(), DECLARED);

        assertThat(consume("transform", DECLARED)).isEqualTo(1);
        assertThatThrownBy(() -> produce(kafka.producerSettings(), Topics.raw("web").name()))
                .hasCauseInstanceOf(TopicAuthorizationException.class);
        assertThatThrownBy(() -> describe("ingestion", DECLARED))
                .hasRootCauseInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    void aWrongPasswordAndAnUnknownUserAreKeptOut() {
        Map<String, Object> wrong = new HashMap<>(kafka.clientSettings("ingestion"));
        wrong.computeIfPresent(
                "sasl.jaas.config",
                (_, jaas) -> jaas.toString().replace("password=\"", "password=\"x"));

        try (Admin admin = Admin.create(wrong)) {
            assertThatThrownBy(() -> admin.describeCluster().nodes().get())
                    .hasCauseInstanceOf(SaslAuthenticationException.class);
        }
    }

    private static void create(String user, Topic topic)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(kafka.clientSettings(user))) {
            admin.createTopics(
                            List.of(
                                    new NewTopic(topic.name(), topic.partitions(), (short) 1)
                                            .configs(topic.settings())))
                    .all()
                    .get();
        }
    }

    private static void describe(String user, String topic)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(kafka.clientSettings(user))) {
            admin.describeTopics(List.of(topic)).allTopicNames().get();
        }
    }

    private static void produce(String user, String topic)
            throws ExecutionException, InterruptedException {
        produce(kafka.clientSettings(user), topic);
    }

    private static void produce(Map<String, Object> client, String topic)
            throws ExecutionException, InterruptedException {
        Map<String, Object> settings = new HashMap<>(client);
        settings.remove("default.api.timeout.ms");
        settings.put("acks", "all");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, "k", "v")).get();
        }
    }

    private static int consume(String user, String topic) {
        Map<String, Object> settings = new HashMap<>(kafka.clientSettings(user));
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, "millrace-transform-test");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            for (int attempt = 0; attempt < 30; attempt++) {
                int count = consumer.poll(Duration.ofMillis(500)).count();
                if (count > 0) {
                    return count;
                }
            }
            return 0;
        }
    }
}
