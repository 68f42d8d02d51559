package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contracts.record.RecordHeaders;
import dev.millrace.test.TestKafka;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.RunningTransform;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Loads as operators see and help them, on the service as it is started. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class LoadHttpTest {

    private static final String STORES = "/operator/loads/pos/store";

    private final TestWarehouse warehouse = TestWarehouse.create();
    private final String topic = "load.http.stores." + ProcessHandle.current().pid();
    private KafkaProducer<String, String> producer;
    private RunningTransform service;

    @BeforeAll
    void start(@TempDir Path project) throws Exception {
        Files.createDirectories(project.resolve("sources"));
        Files.writeString(
                project.resolve("sources/all.yml"),
                """
                sources:
                  - name: pos
                    type: kafka
                    streams: [{name: store, topic: %s, id: id, write_disposition: replace}]
                """
                        .formatted(topic));
        TestKafka.createTopic(topic, 1);
        producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer());
        service = RunningTransform.start(warehouse, project, "--millrace.landing.group=load-http");
    }

    @AfterAll
    void stop() {
        producer.close();
        service.close();
    }

    private void send(String load, @Nullable String count, @Nullable String value)
            throws Exception {
        ProducerRecord<String, String> record = new ProducerRecord<>(topic, value);
        record.headers().add(RecordHeaders.LOAD, load.getBytes(StandardCharsets.UTF_8));
        if (count != null) {
            record.headers().add(RecordHeaders.LOAD_COUNT, count.getBytes(StandardCharsets.UTF_8));
        }
        producer.send(record).get();
    }

    private void awaitLoads(String... said) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () ->
                                assertThat(
                                                service.get(
                                                                "/operator/loads?source=pos&stream=store")
                                                        .body())
                                        .contains(said));
    }

    @Test
    void aLoadIsSeenWhileItArrivesAndHelpedWhenItsEndIsLost() throws Exception {
        send("2026-11-01", null, "{\"id\": 1}");
        send("2026-11-01", "2", "{\"id\": 2}");
        awaitLoads("\"load\":\"2026-11-01\",\"state\":\"current\",\"expected\":2,\"staged\":2");

        send("2026-11-02", null, "{\"id\": 3}");
        awaitLoads(
                "\"load\":\"2026-11-02\",\"state\":\"arriving\",\"expected\":null,\"staged\":1",
                "\"load\":\"2026-11-01\",\"state\":\"current\"");

        assertThat(service.post(STORES + "/complete", "{\"load\": \"2026-11-02\"}").statusCode())
                .isEqualTo(200);
        awaitLoads(
                "\"load\":\"2026-11-02\",\"state\":\"current\"",
                "\"rows\":1",
                "\"load\":\"2026-11-01\",\"state\":\"past\"");

        assertThat(service.post(STORES + "/reset", "").body()).isEqualTo("[]");
        send("2025", "1", "{\"id\": 4}");
        awaitLoads("\"load\":\"2025\",\"state\":\"current\"");
    }

    @Test
    void whatIsNotThereIsAProblemThatSaysWhereToLook() throws Exception {
        assertThat(service.get("/operator/loads?source=nobody").body()).isEqualTo("[]");
        var unknown = service.post(STORES + "/complete", "{\"load\": \"never\"}");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body())
                .contains("No load 'never' of pos.store is arriving", "GET /operator/loads");
        assertThat(service.post("/operator/loads/pos/nothing/reset", "").statusCode())
                .isEqualTo(404);
        assertThat(service.post(STORES + "/complete", "{}").statusCode()).isEqualTo(404);
        assertThat(
                        service.send(
                                        service.request(STORES + "/reset", "reader")
                                                .header("X-Reason", "r")
                                                .POST(
                                                        java.net.http.HttpRequest.BodyPublishers
                                                                .noBody()))
                                .statusCode())
                .isEqualTo(403);
    }
}
