package dev.millrace.transform.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestKafka;
import dev.millrace.test.TestWarehouse;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

@Timeout(60)
class OutboxRelayTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestWarehouse warehouse = TestWarehouse.create();
    private final HikariDataSource database = warehouse.pool(Role.TRANSFORM);
    private final JdbcClient sql = JdbcClient.create(database);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final OutboxRelaying relaying =
            new OutboxRelaying(
                    () ->
                            new KafkaProducer<>(
                                    Map.of(
                                            "bootstrap.servers",
                                            TestKafka.bootstrapServers(),
                                            "max.block.ms",
                                            500),
                                    new ByteArraySerializer(),
                                    new ByteArraySerializer()),
                    database,
                    meters);

    @BeforeEach
    void anOutbox() {
        Flyway.configure()
                .dataSource(database)
                .schemas("transform")
                .createSchemas(false)
                .locations("classpath:db/migration/transform")
                .load()
                .migrate();
    }

    @AfterEach
    void stop() {
        relaying.stop();
        database.close();
    }

    @Test
    void messagesOfOneKeyArriveInTheirOrderAndLeaveTheOutbox() {
        String topic = TestKafka.newTopic("outbox", 1);
        sql.sql(
                        """
                        INSERT INTO transform.outbox (topic, key, payload)
                        SELECT ?, 'k', 'm' || i FROM generate_series(0, 1499) i
                        """)
                .param(topic)
                .update();

        relaying.start();

        assertThat(read(topic, 1_500)).startsWith("k=m0", "k=m1").endsWith("k=m1499");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(outbox()).isEmpty());
    }

    @Test
    void aMessageThatNoBrokerTakesIsSetAsideAndTheOthersGoOn() {
        String roomy = TestKafka.newTopic("outbox", 1);
        String narrow = roomy + "-narrow";
        TestKafka.createTopic(narrow, 1, Map.of("max.message.bytes", "20000"));
        write(roomy, "k", "before");
        write(roomy, "k", "x".repeat(1_100_000));
        write(narrow, "k", "y".repeat(30_000));
        // Long enough for a batch of its own: Kafka's client never parts a batch that is too large
        // because of a message that it has room beside.
        String behind = "behind".repeat(100);
        write(narrow, "k", behind);
        write(roomy, "k", "after");

        relaying.start();

        assertThat(read(roomy, 2)).containsExactly("k=before", "k=after");
        assertThat(read(narrow, 1)).containsExactly("k=" + behind);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(outbox())
                                        .containsExactly("aside:" + roomy, "aside:" + narrow));
        assertThat(meters.counter("millrace.outbox.set.aside").count()).isEqualTo(2);
    }

    @Test
    void whatArrivedIsNotSentAgainForTheSakeOfWhatDidNot() {
        String there = TestKafka.newTopic("outbox", 1);
        String late = there + "-late";
        write(there, "k", "first");
        write(late, "k", "waits");
        write(there, "k", "second");

        relaying.start();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(outbox()).containsExactly(late));
        TestKafka.createTopic(late, 1);
        assertThat(read(late, 1)).containsExactly("k=waits");
        assertThat(read(there, 2)).containsExactly("k=first", "k=second");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(outbox()).isEmpty());
    }

    private void write(String topic, String key, String payload) {
        sql.sql("INSERT INTO transform.outbox (topic, key, payload) VALUES (?, ?, ?)")
                .params(topic, key, payload)
                .update();
    }

    private List<String> outbox() {
        return sql.sql("SELECT topic FROM transform.outbox ORDER BY id").query(String.class).list();
    }

    /** All that is in the topic's one partition, once there are so many. */
    private static List<String> read(String topic, int count) {
        Map<String, Object> settings =
                Map.of(
                        "bootstrap.servers",
                        TestKafka.bootstrapServers(),
                        "auto.offset.reset",
                        "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            List<String> found = new ArrayList<>();
            await().atMost(PATIENCE)
                    .until(
                            () -> {
                                for (ConsumerRecord<String, String> each :
                                        consumer.poll(Duration.ofMillis(200))) {
                                    found.add(each.key() + "=" + each.value());
                                }
                                return found.size() >= count;
                            });
            return found;
        }
    }
}
