package dev.millrace.serving.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contracts.topic.Topic;
import dev.millrace.embedded.process.FreePort;
import dev.millrace.test.TestKafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

@Timeout(180)
class AnnouncementsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Topic topic =
            new Topic(
                    "announced-" + UUID.randomUUID(),
                    "key",
                    1,
                    Topic.Cleanup.COMPACT,
                    Duration.ZERO,
                    Topic.Owner.SERVING);
    private final Announcements announcements = to(TestKafka.bootstrapServers());

    private static Announcements to(String servers) {
        Map<String, Object> cluster = Map.of("bootstrap.servers", servers);
        return new Announcements(
                Optional.of(
                        new TopicWriter(
                                cluster, cluster, cluster, new TopicSettings((short) -1, -1))),
                JsonMapper.shared());
    }

    @AfterEach
    void stop() {
        announcements.stop();
    }

    @Test
    void whatIsToldStandsOnACompactedTopicThatWasNotThere() {
        announcements.start();

        announcements.tell(topic, "a", Map.of("n", 1));

        awaitRecords("a={\"n\":1}");
        assertThat(topic.settings()).containsEntry("cleanup.policy", "compact");
    }

    @Test
    void whatWasToldBeforeAnyoneCouldHearIsToldLater() {
        announcements.tell(topic, "a", "one");
        announcements.tell(topic, "a", "two");
        announcements.tell(topic, "b", "three");
        announcements.withdraw(topic, "b");

        announcements.start();

        awaitRecords("a=\"two\"", "b=null");
    }

    @Test
    void whatIsGoneGetsARecordWithoutAValueAndWhatStaysIsNotToldAgain() {
        announcements.start();
        announcements.tellAll(topic, Map.of("stays", 1));
        awaitRecords("stays=1");
        announcements.tell(topic, "goes", 2);
        awaitRecords("stays=1", "goes=2");

        announcements.tellAll(topic, Map.of("stays", 1));

        awaitRecords("stays=1", "goes=2", "goes=null");
    }

    @Test
    void nothingAtAllMeansThatAllIsGone() {
        announcements.start();
        announcements.tellAll(topic, Map.of("a", 1));
        awaitRecords("a=1");

        announcements.tellAll(topic, Map.of());

        awaitRecords("a=1", "a=null");
    }

    @Test
    void aRecordThatIsTooLargeKeepsNoOtherFromBeingTold() {
        announcements.start();
        announcements.tell(topic, "large", "x".repeat(2 << 20));
        announcements.tell(topic, "small", "y");

        awaitRecords("small=\"y\"");
    }

    @Test
    void whoTellsDoesNotWaitForABrokerThatIsAway() throws IOException {
        Announcements away = to("127.0.0.1:" + FreePort.find());
        away.start();
        long began = System.nanoTime();

        away.tell(topic, "a", 1);
        away.tellAll(topic, Map.of("b", 2));

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        away.stop();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void whereThereIsNoKafkaNobodyIsTold() {
        Announcements nobody = new Announcements(Optional.empty(), JsonMapper.shared());
        nobody.start();

        nobody.tell(topic, "a", 1);

        nobody.stop();
        assertThat(TestKafka.topics()).doesNotContain(topic.name());
    }

    private void awaitRecords(String... records) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(read()).containsExactly(records));
    }

    private List<String> read() {
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                TestKafka.bootstrapServers(),
                                "allow.auto.create.topics",
                                false),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition(topic.name(), 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = consumer.endOffsets(partitions).values().iterator().next();
            List<String> records = new ArrayList<>();
            while (consumer.position(partitions.getFirst()) < end) {
                for (ConsumerRecord<String, String> read : consumer.poll(Duration.ofMillis(200))) {
                    records.add(read.key() + "=" + read.value());
                }
            }
            return records;
        }
    }
}
