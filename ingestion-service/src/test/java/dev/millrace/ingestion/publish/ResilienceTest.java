package dev.millrace.ingestion.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.embedded.kafka.EmbeddedKafka;
import dev.millrace.embedded.kafka.KafkaSettings;
import dev.millrace.ingestion.Eventually;
import dev.millrace.ingestion.RunningIngestion;
import dev.millrace.ingestion.TopicReader;
import dev.millrace.test.TestKafka;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** What callers are told, and what is kept, while Kafka, PostgreSQL or the service itself goes. */
@Timeout(180)
class ResilienceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String READY = "/actuator/health/readiness";
    private static final String ALIVE = "/actuator/health/liveness";
    private static final Map<String, String> IMPATIENT =
            Map.of(
                    "millrace.publish.delivery-timeout", "2s",
                    "millrace.publish.max-block", "1s",
                    "millrace.publish.buffer", "20MB");

    @TempDir private Path directory;

    @Test
    void withoutKafkaTheServiceStartsAndAnswers503UntilItIsThere() throws Exception {
        int port = freePort();
        try (RunningIngestion service =
                RunningIngestion.start("127.0.0.1:" + port, sources("late"), IMPATIENT)) {
            assertThat(service.get(ALIVE).statusCode()).isEqualTo(200);
            assertThat(service.get(READY).statusCode()).isEqualTo(503);
            assertAnsweredLater(service.post("/v1/track", "wk_late", event(id())));
            try (EmbeddedKafka kafka = kafka(port)) {
                String id = id();
                Eventually.within(
                        PATIENCE,
                        () ->
                                assertThat(
                                                service.post("/v1/track", "wk_late", event(id))
                                                        .statusCode())
                                        .isEqualTo(200));
                Eventually.within(
                        PATIENCE, () -> assertThat(service.get(READY).statusCode()).isEqualTo(200));
                assertThat(stored(kafka.bootstrapServers(), "raw.late")).contains(id);
            }
        }
    }

    @Test
    void whileKafkaIsGoneCallersAreToldToComeBackAndTheBufferHasAnEnd() throws Exception {
        int port = freePort();
        EmbeddedKafka first = kafka(port);
        try (RunningIngestion service =
                RunningIngestion.start(first.bootstrapServers(), sources("gone"), IMPATIENT)) {
            Eventually.within(
                    PATIENCE,
                    () ->
                            assertThat(
                                            service.post("/v1/track", "wk_gone", event(id()))
                                                    .statusCode())
                                    .isEqualTo(200));
            first.close();

            assertAnsweredLater(service.post("/v1/track", "wk_gone", event(id())));
            List<HttpResponse<String>> answers = floodWithBatches(service, "wk_gone");
            assertThat(answers).allSatisfy(ResilienceTest::assertAnsweredLater);
            assertThat(answers)
                    .anySatisfy(answer -> assertThat(answer.body()).contains("buffer holds"));
            assertThat(service.get(READY).statusCode()).isEqualTo(503);
            assertThat(service.get(ALIVE).statusCode()).isEqualTo(200);

            try (EmbeddedKafka again = kafka(port)) {
                String id = id();
                Eventually.within(
                        PATIENCE,
                        () ->
                                assertThat(
                                                service.post("/v1/track", "wk_gone", event(id))
                                                        .statusCode())
                                        .isEqualTo(200));
                assertThat(stored(again.bootstrapServers(), "raw.gone")).contains(id);
                assertThat(service.get("/actuator/prometheus", "reader").body())
                        .contains("millrace_publish_buffer_used_bytes 0.0");
            }
        }
    }

    @Test
    void whatWasAnsweredIsStoredWhenTheServiceStops() throws Exception {
        Queue<String> answered = new ConcurrentLinkedQueue<>();
        AtomicBoolean stopping = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(200);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            RunningIngestion service =
                    RunningIngestion.start(TestKafka.bootstrapServers(), sources("stopped"));
            Eventually.within(
                    PATIENCE, () -> assertThat(service.get(READY).statusCode()).isEqualTo(200));
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(
                        callers.submit(
                                () -> {
                                    while (!stopping.get()) {
                                        sendOne(service, answered);
                                        begun.countDown();
                                    }
                                }));
            }
            begun.await();
            service.close();
            stopping.set(true);
            for (Future<?> caller : all) {
                caller.get();
            }
        }
        assertThat(answered).hasSizeGreaterThan(100);
        assertThat(stored(TestKafka.bootstrapServers(), "raw.stopped")).containsAll(answered);
    }

    @Test
    void aNewSourceGetsItsTopicAndABrokenRevisionClosesNoDoor() throws Exception {
        try (RunningIngestion service =
                RunningIngestion.start(TestKafka.bootstrapServers(), sources("before"))) {
            assertThat(TestKafka.topics()).doesNotContain("raw.after");
            service.changeProject(sources("before", "after"));
            String id = id();
            Eventually.within(
                    PATIENCE,
                    () -> {
                        assertThat(service.post("/v1/track", "wk_after", event(id)).statusCode())
                                .isEqualTo(200);
                        assertThat(TestKafka.topics()).contains("raw.after");
                        assertThat(stored(TestKafka.bootstrapServers(), "raw.after")).contains(id);
                    });

            service.changeProject("sources:\n  - {name: before, tipe: segment}\n");
            Eventually.within(
                    PATIENCE,
                    () ->
                            assertThat(service.get("/operator/project", "reader").body())
                                    .contains("\"problems\""));
            String still = id();
            assertThat(service.post("/v1/track", "wk_after", event(still)).statusCode())
                    .isEqualTo(200);
            assertThat(stored(TestKafka.bootstrapServers(), "raw.after")).contains(still);
        }
    }

    @Test
    void withoutPostgresqlTheDoorsStayOpen() throws Exception {
        try (RunningIngestion service =
                RunningIngestion.start(TestKafka.bootstrapServers(), sources("lonely"))) {
            Eventually.within(
                    PATIENCE, () -> assertThat(service.get(READY).statusCode()).isEqualTo(200));
            try (Connection owner = service.warehouse().ownerConnection();
                    Statement statement = owner.createStatement()) {
                String role = service.warehouse().username(Role.INGESTION);
                statement.execute("ALTER DATABASE " + owner.getCatalog() + " CONNECTION LIMIT 0");
                statement.execute("GRANT " + role + " TO CURRENT_USER WITH INHERIT TRUE");
                statement.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                + " WHERE datname = current_database() AND pid <>"
                                + " pg_backend_pid()");
            }
            assertThatThrownBy(() -> service.warehouse().connection(Role.INGESTION).close())
                    .isInstanceOf(SQLException.class);
            String id = id();
            assertThat(service.post("/v1/track", "wk_lonely", event(id)).statusCode())
                    .isEqualTo(200);
            assertThat(stored(TestKafka.bootstrapServers(), "raw.lonely")).contains(id);
            assertThat(service.get(READY).statusCode()).isEqualTo(200);
        }
    }

    private static void sendOne(RunningIngestion service, Queue<String> answered) {
        String id = id();
        try {
            if (service.post("/v1/track", "wk_stopped", event(id)).statusCode() == 200) {
                answered.add(id);
            }
        } catch (Exception e) {
            // A service that stops refuses connections; nothing was promised for this event.
            Thread.onSpinWait();
        }
    }

    /** 100 batches of some 450 KB at once, of which 20 MB hold a part only. */
    private static List<HttpResponse<String>> floodWithBatches(
            RunningIngestion service, String writeKey) throws Exception {
        String filler = "\"properties\":{\"x\":\"" + "y".repeat(30_000) + "\"},";
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                StringBuilder batch = new StringBuilder("{\"batch\":[");
                for (int j = 0; j < 15; j++) {
                    batch.append(j == 0 ? "{" : ",{")
                            .append(filler)
                            .append(event(id()).substring(1));
                }
                String body = batch.append("]}").toString();
                answers.add(callers.submit(() -> service.post("/v1/batch", writeKey, body)));
            }
            List<HttpResponse<String>> all = new ArrayList<>();
            for (Future<HttpResponse<String>> answer : answers) {
                all.add(answer.get());
            }
            return all;
        }
    }

    private static void assertAnsweredLater(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValueAsLong("retry-after").orElse(0)).isBetween(1L, 30L);
        assertThat(response.body()).contains("\"success\":false", "service unavailable");
    }

    private static List<String> stored(String bootstrapServers, String topic) {
        return TopicReader.all(bootstrapServers, topic).stream()
                .map(record -> TopicReader.header(record, "ce_id"))
                .toList();
    }

    private EmbeddedKafka kafka(int port) throws IOException, InterruptedException {
        return EmbeddedKafka.start(KafkaSettings.of(directory, port));
    }

    private static String sources(String... names) {
        StringBuilder sources = new StringBuilder("sources:\n");
        for (String name : names) {
            sources.append("  - {name: ")
                    .append(name)
                    .append(", type: segment, write_key: wk_")
                    .append(name)
                    .append("}\n");
        }
        return sources.toString();
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }

    private static String event(String id) {
        return "{\"type\":\"track\",\"event\":\"e\",\"userId\":\"u\",\"messageId\":\"" + id + "\"}";
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
