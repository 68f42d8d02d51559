package dev.millrace.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.contracts.record.RecordEnvelope;
import dev.millrace.contracts.topic.Topics;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestKafka;
import dev.millrace.test.TestWarehouse;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The service as it is started, over a real broker and a real warehouse. */
@ResourceLock("millrace.quarantine")
class TransformServiceTest {

    private static final String SECRET = "a secret of at least thirty-two bytes";
    private static final String SOURCE = "svc" + ProcessHandle.current().pid();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir private Path project;

    @Test
    void whatArrivesInKafkaIsARowAndOperatorsAndOtherServicesHearOfIt() throws Exception {
        TestWarehouse warehouse = TestWarehouse.create();
        if (!TestKafka.topics().contains(Topics.QUARANTINE.name())) {
            TestKafka.createTopic(Topics.QUARANTINE.name(), 1);
        }
        Files.createDirectories(project.resolve("sources"));
        Files.writeString(
                project.resolve("sources/all.yml"),
                """
                sources:
                  - {name: %1$s, type: segment, write_key: k}
                  - {name: %1$s_clicks, type: kafka, streams: [{name: click, topic: %1$s.clicks}]}
                """
                        .formatted(SOURCE));
        try (ConfigurableApplicationContext service = start(warehouse)) {
            // The door's topic comes to be while the service runs; its own and declared ones it
            // makes.
            TestKafka.createTopic("raw." + SOURCE, 2);
            await().atMost(Duration.ofSeconds(30))
                    .until(
                            () ->
                                    TestKafka.topics()
                                            .containsAll(
                                                    List.of(
                                                            SOURCE + ".clicks",
                                                            Topics.DATASETS.name(),
                                                            Topics.RUNS.name())));
            produce();

            JdbcClient sql = JdbcClient.create(warehouse.dataSource(Role.READER));
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .untilAsserted(
                            () -> {
                                assertThat(count(sql, SOURCE + ".signed_up")).isEqualTo(1);
                                assertThat(count(sql, SOURCE + "_clicks.click")).isEqualTo(1);
                            });
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () ->
                                    assertThat(
                                                    own(get(service, "/operator/quarantine")
                                                                    .path("records"))
                                                            .size())
                                            .isEqualTo(2));

            operatorsSeeIt(service);
            othersHearOfIt();
        }
    }

    /** Without what other tests put on the topic of refused records, which all of them share. */
    private static List<JsonNode> own(JsonNode records) {
        return records.valueStream()
                .filter(record -> record.path("source").asString().startsWith(SOURCE))
                .toList();
    }

    private static void operatorsSeeIt(ConfigurableApplicationContext service) throws Exception {
        JsonNode streams = get(service, "/operator/streams");
        assertThat(streams.path("streams").findValuesAsString("relation"))
                .containsExactly(
                        SOURCE + ".signed_up", SOURCE + ".tracks", SOURCE + "_clicks.click");
        assertThat(streams.path("partitions").findValuesAsString("lag"))
                .isNotEmpty()
                .containsOnly("0");

        JsonNode changes =
                get(service, "/operator/schema-changes?relation=" + SOURCE + ".signed_up");
        assertThat(changes.path("changes").findValuesAsString("change"))
                .contains("create_table", "add_column");
        assertThat(changes.path("changes").get(0).path("topic").asString())
                .isEqualTo("raw." + SOURCE);

        List<JsonNode> records =
                own(get(service, "/operator/quarantine?reason=malformed").path("records"));
        assertThat(records.size()).isEqualTo(1);
        long id = records.get(0).path("id").asLong();
        JsonNode content = get(service, "/operator/quarantine/" + id);
        assertThat(content.path("value").asString()).isEqualTo("{no json");
        assertThat(content.path("headers").toString())
                .isEqualTo("[{\"name\":\"x\",\"value\":\"y\"}]");
        List<JsonNode> counts = own(get(service, "/operator/quarantine/counts"));
        assertThat(counts.stream().map(count -> count.path("reason").asString()))
                .containsExactlyInAnyOrder("malformed", "too_large");
        assertThat(get(service, "/operator/incidents").size()).isZero();
        assertThat(answer(service, "/operator/quarantine/0").statusCode()).isEqualTo(404);
        assertThat(answer(service, "/actuator/prometheus").body())
                .contains("millrace_landing_rows_total", "millrace_landing_lag_records");
    }

    private static void othersHearOfIt() {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            TopicPartition datasets = new TopicPartition(Topics.DATASETS.name(), 0);
            consumer.assign(List.of(datasets));
            consumer.seekToBeginning(List.of(datasets));
            await().atMost(Duration.ofSeconds(30))
                    .until(
                            () -> {
                                for (var record : consumer.poll(Duration.ofMillis(200))) {
                                    DatasetChanged event =
                                            JSON.readValue(record.value(), DatasetChanged.class);
                                    if (event.relation().equals(SOURCE + ".signed_up")) {
                                        return event.version() == 1 && event.rows() == 1;
                                    }
                                }
                                return false;
                            });
        }
    }

    private static void produce() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            Instant now = Instant.now();
            ProducerRecord<byte[], byte[]> message =
                    new ProducerRecord<>("raw." + SOURCE, bytes("{\"userId\": \"u\"}"));
            new RecordEnvelope("m1", SOURCE, "signed_up", now, now, null, null, null)
                    .headers()
                    .forEach((name, value) -> message.headers().add(name, value));
            producer.send(message).get();
            producer.send(new ProducerRecord<>(SOURCE + ".clicks", bytes("{\"a\": 1}"))).get();
            ProducerRecord<byte[], byte[]> broken =
                    new ProducerRecord<>(SOURCE + ".clicks", bytes("{no json"));
            broken.headers().add("x", bytes("y"));
            producer.send(broken).get();
            ProducerRecord<byte[], byte[]> refused =
                    new ProducerRecord<>(Topics.QUARANTINE.name(), bytes("{}"));
            refused.headers()
                    .add("ce_source", bytes(SOURCE))
                    .add("ce_reason", bytes("too_large"))
                    .add("ce_detail", bytes("over 32 KB"));
            producer.send(refused).get();
        }
    }

    private ConfigurableApplicationContext start(TestWarehouse warehouse) {
        return new SpringApplicationBuilder(TransformApplication.class)
                .run(
                        "--server.port=0",
                        "--millrace.project.dir=" + project,
                        "--spring.datasource.url=" + warehouse.url(),
                        "--spring.datasource.username=" + warehouse.username(Role.TRANSFORM),
                        "--spring.datasource.password=" + warehouse.password(Role.TRANSFORM),
                        "--millrace.models.url=" + warehouse.url(),
                        "--millrace.models.username=" + warehouse.username(Role.MODELS),
                        "--millrace.models.password=" + warehouse.password(Role.MODELS),
                        "--spring.kafka.bootstrap-servers=" + TestKafka.bootstrapServers(),
                        "--millrace.landing.group=group-" + SOURCE,
                        "--millrace.access.jwt-secret=" + SECRET);
    }

    private static long count(JdbcClient sql, String relation) {
        return sql.sql("SELECT count(*) FROM " + relation).query(Long.class).single();
    }

    private static JsonNode get(ConfigurableApplicationContext service, String path)
            throws Exception {
        HttpResponse<String> answer = answer(service, path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static HttpResponse<String> answer(ConfigurableApplicationContext service, String path)
            throws Exception {
        String port = service.getEnvironment().getRequiredProperty("local.server.port");
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                        .header("Authorization", "Bearer " + token())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String token() throws Exception {
        long expiry = Instant.now().plusSeconds(600).getEpochSecond();
        String unsigned =
                base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")
                        + "."
                        + base64(
                                "{\"sub\":\"test\",\"roles\":[\"reader\"],\"exp\":" + expiry + "}");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(bytes(SECRET), "HmacSHA256"));
        return unsigned
                + "."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(mac.doFinal(bytes(unsigned)));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
