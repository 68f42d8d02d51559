package dev.millrace.transform.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contracts.event.FeedWanted;
import dev.millrace.test.TestKafka;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import tools.jackson.databind.json.JsonMapper;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

@Timeout(180)
class AnnouncedTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Instant UNTIL = Instant.parse("2026-01-02T03:04:06Z");
    private static final Map<String, String> COMPACTED = Map.of("cleanup.policy", "compact");

    private final String topic = "announced-" + UUID.randomUUID();
    private final Announced<FeedWanted> announced =
            new Announced<>(
                    topic,
                    FeedWanted.class,
                    JsonMapper.shared(),
                    () ->
                            new KafkaConsumer<>(
                                    PublishConfiguration.readingAll(
                                            Map.of(
                                                    "bootstrap.servers",
                                                    TestKafka.bootstrapServers())),
                                    new ByteArrayDeserializer(),
                                    new ByteArrayDeserializer()));

    @AfterEach
    void stop() {
        announced.stop();
    }

    @Test
    void nothingIsKnownUntilTheTopicIsThereAndReadToItsEnd() {
        announced.start();
        assertThat(announced.current()).isEmpty();

        TestKafka.createTopic(topic, 1, COMPACTED);

        await().atMost(PATIENCE).until(() -> announced.current().isPresent());
        assertThat(announced.current()).hasValue(Map.of());
    }

    @Test
    void theLatestOfEachKeyCounts() throws Exception {
        TestKafka.createTopic(topic, 2, COMPACTED);
        send("a.b", wanted("a.b", UNTIL));
        send("a.b", wanted("a.b", UNTIL.plusSeconds(60)));
        send("a.c", wanted("a.c", UNTIL));
        send("a.d", wanted("a.d", UNTIL));
        send("a.c", null);

        announced.start();

        awaitRecords(
                Map.of(
                        "a.b",
                        new FeedWanted("a.b", UNTIL.plusSeconds(60)),
                        "a.d",
                        new FeedWanted("a.d", UNTIL)));
    }

    @Test
    void whatIsToldLaterIsHeardSoon() throws Exception {
        TestKafka.createTopic(topic, 1, COMPACTED);
        announced.start();
        awaitRecords(Map.of());

        send("a.b", wanted("a.b", UNTIL));

        awaitRecords(Map.of("a.b", new FeedWanted("a.b", UNTIL)));
        send("a.b", null);
        awaitRecords(Map.of());
    }

    @Test
    void whatCannotBeUnderstoodIsSkippedAndWhatStoodThereStays() throws Exception {
        TestKafka.createTopic(topic, 1, COMPACTED);
        send("a.b", wanted("a.b", UNTIL));
        send("a.b", "{\"relation\":");
        send("a.c", "[1]");
        send("a.d", "null");
        send("a.f", "{\"relation\":\"a.f\"}");
        send("a.e", wanted("a.e", UNTIL));

        announced.start();

        awaitRecords(
                Map.of("a.b", new FeedWanted("a.b", UNTIL), "a.e", new FeedWanted("a.e", UNTIL)));
    }

    private void awaitRecords(Map<String, FeedWanted> records) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(announced.current()).hasValue(records));
    }

    private static String wanted(String relation, Instant until) {
        return JsonMapper.shared().writeValueAsString(new FeedWanted(relation, until));
    }

    private void send(String key, @Nullable String value)
            throws ExecutionException, InterruptedException {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        }
    }
}
