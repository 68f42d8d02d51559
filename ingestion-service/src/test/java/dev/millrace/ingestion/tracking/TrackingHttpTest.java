package dev.millrace.ingestion.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ingestion.Eventually;
import dev.millrace.ingestion.RunningIngestion;
import dev.millrace.ingestion.TopicReader;
import dev.millrace.test.TestKafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;

/** The doors over a real port, into a real Kafka. */
class TrackingHttpTest {

    private static final String SOURCES =
            """
            sources:
              - {name: http_web, type: segment, write_key: wk_web}
              - {name: http_held, type: segment, write_key: wk_held, strict: true}
            """;
    private static final String READY = "/actuator/health/readiness";

    private static RunningIngestion service;

    @BeforeAll
    static void start() throws Exception {
        service = RunningIngestion.start(TestKafka.bootstrapServers(), SOURCES);
        Eventually.within(
                Duration.ofSeconds(30),
                () -> assertThat(service.get(READY).statusCode()).isEqualTo(200));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @ParameterizedTest
    @CsvSource({
        "identify, i, identifies", "track, t, order_completed", "page, p, pages",
        "screen, s, screens", "group, g, groups", "alias, a, aliases"
    })
    void eachCallIsTakenAtItsNameAndAtItsLetter(String name, String letter, String stream)
            throws Exception {
        for (String path : List.of(name, name + "/", letter, letter + "/")) {
            String id = id();
            HttpResponse<String> response = service.post("/v1/" + path, "wk_web", event(id));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("{\"success\": true}");
            assertThat(response.headers().firstValue("content-type")).contains("application/json");
            ConsumerRecord<byte[], byte[]> record = taken("http_web", id).getFirst();
            assertThat(TopicReader.header(record, "ce_type")).isEqualTo(stream);
            assertThat(record.topic()).isEqualTo("raw.http_web");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch", "batch/", "b", "import", "import/"})
    void aBatchIsTakenAtAllItsNames(String path) throws Exception {
        String first = id();
        String second = id();
        String body =
                "{\"writeKey\":\"wk_web\",\"batch\":[" + event(first) + "," + event(second) + "]}";
        HttpResponse<String> response =
                service.send(
                        HttpRequest.newBuilder(service.uri("/v1/" + path))
                                .POST(BodyPublishers.ofString(body)));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(taken("http_web", first)).hasSize(1);
        assertThat(taken("http_web", second)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "text/plain;charset=UTF-8",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "image/png",
                "not a type at all",
                ";;;"
            })
    void aBodyIsJsonWhateverItCallsItself(String contentType) throws Exception {
        String id = id();
        HttpResponse<String> response =
                service.send(
                        HttpRequest.newBuilder(service.uri("/v1/t?writeKey=wk_web"))
                                .header("Content-Type", contentType)
                                .header("Accept", "image/webp")
                                .POST(BodyPublishers.ofString(event(id))));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(taken("http_web", id)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "identity", "br"})
    void gzipIsInflatedWhateverTheHeadersSay(String encoding) throws Exception {
        String id = id();
        HttpRequest.Builder request =
                service.request("/v1/track", "wk_web").header("Content-Encoding", encoding);
        assertThat(
                        service.send(request.POST(BodyPublishers.ofByteArray(gzip(event(id)))))
                                .statusCode())
                .isEqualTo(200);
        String plain = id();
        assertThat(service.send(request.POST(BodyPublishers.ofString(event(plain)))).statusCode())
                .isEqualTo(200);
        assertThat(taken("http_web", id)).hasSize(1);
        assertThat(taken("http_web", plain)).hasSize(1);
    }

    @Test
    void aHostThatWasGivenWithItsSlashIsUnderstood() throws Exception {
        String id = id();
        assertThat(service.post("//v1/track/", "wk_web", event(id)).statusCode()).isEqualTo(200);
        assertThat(taken("http_web", id)).hasSize(1);
        assertThat(service.get("//operator/doors", "reader").statusCode()).isNotEqualTo(200);
    }

    @Test
    void aBearerTokenLeavesTheKeyToTheBody() throws Exception {
        String id = id();
        HttpResponse<String> response =
                service.send(
                        HttpRequest.newBuilder(service.uri("/v1/track"))
                                .header("Authorization", "Bearer not-checked-here")
                                .POST(
                                        BodyPublishers.ofString(
                                                "{\"writeKey\":\"wk_web\","
                                                        + event(id).substring(1))));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(taken("http_web", id)).hasSize(1);
    }

    @Test
    void whatIsTooLargeOrNoJsonIs400() throws Exception {
        String large = "{\"x\":\"" + "y".repeat(40_000) + "\"}";
        assertThat(service.post("/v1/track", "wk_web", large).statusCode()).isEqualTo(400);
        assertThat(service.post("/v1/track", "wk_web", "{").statusCode()).isEqualTo(400);
        assertThat(service.post("/v1/track", "wk_web", "").statusCode()).isEqualTo(400);
        assertThat(service.post("/v1/batch", "wk_web", "[" + large.repeat(20)).statusCode())
                .isEqualTo(400);
        assertThat(service.post("/v1/track", "wk_web", large.repeat(200)).statusCode())
                .isEqualTo(400);
        HttpRequest.Builder bomb = service.request("/v1/batch", "wk_web");
        assertThat(
                        service.send(
                                        bomb.POST(
                                                BodyPublishers.ofByteArray(
                                                        gzip(" ".repeat(20_000_000)))))
                                .statusCode())
                .isEqualTo(400);
    }

    @Test
    void aStrictSourceSaysWhatIsWrong() throws Exception {
        HttpResponse<String> nobody = service.post("/v1/track", "wk_held", "{\"event\":\"e\"}");
        assertThat(nobody.statusCode()).isEqualTo(400);
        assertThat(nobody.body())
                .startsWith(
                        "{\"success\":false,\"message\":\"request neither has anonymousId nor"
                                + " userId\"");
        assertThat(service.post("/v1/track", "wk_held", " ".repeat(40_000)).statusCode())
                .isEqualTo(413);
        HttpRequest.Builder unknown = service.request("/v1/track", "nobody");
        HttpResponse<String> refused =
                service.send(
                        unknown.header("X-Strict", "true").POST(BodyPublishers.ofString("{}")));
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body())
                .isEqualTo("{\"success\":false,\"message\":\"invalid write key\"}");
    }

    @Test
    void aRefusedEventOfALenientSourceIsInQuarantine() throws Exception {
        String id = id();
        String bad = "{\"type\":\"track\",\"messageId\":\"" + id + "\",\"userId\":\"u\"}";
        assertThat(service.post("/v1/track", "wk_web", bad).statusCode()).isEqualTo(200);
        ConsumerRecord<byte[], byte[]> record =
                TopicReader.all(TestKafka.bootstrapServers(), "millrace.quarantine").stream()
                        .filter(r -> TopicReader.header(r, "ce_id").equals(id))
                        .findFirst()
                        .orElseThrow();
        assertThat(TopicReader.value(record)).isEqualTo(bad);
        assertThat(TopicReader.header(record, "ce_source")).isEqualTo("http_web");
        assertThat(TopicReader.header(record, "ce_reason")).isEqualTo("invalid_event");
    }

    @Test
    void anUnknownKeyIsAnswered200AndStoresNothing() throws Exception {
        String id = id();
        assertThat(service.post("/v1/track", "nobody", event(id)).statusCode()).isEqualTo(200);
        assertThat(taken("http_web", id)).isEmpty();
    }

    @Test
    void aKeyThatNoSourceHasIsAnsweredBeforeItsBodyComes() throws Exception {
        String basic =
                Base64.getEncoder().encodeToString("nobody:".getBytes(StandardCharsets.UTF_8));
        String head =
                "POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500000\r\n"
                        + "Authorization: Basic "
                        + basic
                        + "\r\n\r\n";
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), service.uri("/").getPort())) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            assertThat(new String(status, StandardCharsets.UTF_8)).isEqualTo("HTTP/1.1 200");
        }
        Eventually.within(
                Duration.ofSeconds(10),
                () ->
                        assertThat(service.get("/operator/doors", "reader").body())
                                .containsPattern("\"unknown_key\":[1-9]"));
    }

    @Test
    void aBrowserIsLetIn() throws Exception {
        HttpResponse<String> preflight =
                service.send(
                        HttpRequest.newBuilder(service.uri("/v1/t"))
                                .header("Origin", "https://shop.example")
                                .header("Access-Control-Request-Method", "POST")
                                .header("Access-Control-Request-Headers", "content-type,x-own")
                                .method("OPTIONS", BodyPublishers.noBody()));
        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(preflight.headers().firstValue("access-control-allow-origin")).contains("*");
        assertThat(preflight.headers().firstValue("access-control-allow-headers"))
                .contains("content-type,x-own");
        for (HttpResponse<String> any :
                List.of(
                        service.post("/v1/t", "wk_web", event(id())),
                        service.post("/v1/t", "wk_web", "{"),
                        service.post("/v1/nothing", "wk_web", "{}"),
                        service.get("/v1/t"))) {
            assertThat(any.headers().firstValue("access-control-allow-origin")).contains("*");
        }
    }

    @Test
    void aPageThatSendsHasItsAddressFilledIn() throws Exception {
        String id = id();
        service.send(
                service.request("/v1/t", "wk_web")
                        .header("Origin", "https://shop.example")
                        .POST(BodyPublishers.ofString(event(id))));
        assertThat(TopicReader.value(taken("http_web", id).getFirst()))
                .contains("\"context\":{\"ip\":\"127.0.0.1\"}");
    }

    @Test
    void analyticsJsGetsItsSettings() throws Exception {
        HttpResponse<String> settings = service.get("/v1/projects/wk_web/settings");
        assertThat(settings.statusCode()).isEqualTo(200);
        assertThat(settings.body())
                .contains("\"Segment.io\":{\"apiKey\":\"wk_web\",\"apiHost\":\"127.0.0.1:");
        assertThat(service.get("/v1/projects/nobody/settings").statusCode()).isEqualTo(404);
    }

    @Test
    void theTraceOfTheRequestGoesOnWithTheRecord() throws Exception {
        String id = id();
        String trace = "0af7651916cd43dd8448eb211c80319c";
        service.send(
                service.request("/v1/track", "wk_web")
                        .header("traceparent", "00-" + trace + "-b7ad6b7169203331-01")
                        .POST(BodyPublishers.ofString(event(id))));
        assertThat(TopicReader.header(taken("http_web", id).getFirst(), "traceparent"))
                .startsWith("00-" + trace + "-");
    }

    @Test
    void operatorsSeeTheDoorsAndNobodyElseDoes() throws Exception {
        service.post("/v1/track", "wk_web", event(id()));
        service.post("/v1/track", "wk_web", "{}");
        assertThat(service.get("/operator/doors").statusCode()).isEqualTo(401);
        HttpResponse<String> doors = service.get("/operator/doors", "reader");
        assertThat(doors.statusCode()).isEqualTo(200);
        assertThat(doors.body())
                .contains("\"source\":\"http_web\"", "\"invalid_event\":", "\"answers\":\"strict\"")
                .doesNotContain("wk_web");
        assertThat(service.get("/anything").statusCode()).isIn(401, 403, 404);
    }

    @Test
    void whatPassesIsMeasured() throws Exception {
        service.post("/v1/track", "wk_web", event(id()));
        service.post("/v1/track", "wk_web", "{}");
        String metrics = service.get("/actuator/prometheus", "reader").body();
        assertThat(metrics)
                .contains("millrace_ingestion_events_total{")
                .contains("reason=\"invalid_event\"")
                .contains("millrace_ingestion_requests_seconds_count{")
                .contains("millrace_publish_buffer_used_bytes")
                .contains("millrace_publish_acknowledged_seconds_bucket")
                .contains("millrace_ingestion_bytes_total{")
                .contains("millrace_publish_topics_missing 0.0")
                .contains(
                        "millrace_ingestion_requests_turned_away_total{outcome=\"no_key\",source=\"-\"");
    }

    @Test
    void manyAtOnceAreAllTakenOnce() throws Exception {
        List<String> ids = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                StringBuilder batch = new StringBuilder("{\"batch\":[");
                for (int j = 0; j < 50; j++) {
                    String id = id();
                    ids.add(id);
                    batch.append(j == 0 ? "" : ",").append(event(id));
                }
                String body = batch.append("]}").toString();
                answers.add(threads.submit(() -> service.post("/v1/batch", "wk_held", body)));
            }
            for (Future<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().statusCode()).isEqualTo(200);
            }
        }
        List<String> stored =
                TopicReader.all(TestKafka.bootstrapServers(), "raw.http_held").stream()
                        .map(record -> TopicReader.header(record, "ce_id"))
                        .toList();
        assertThat(stored).containsExactlyInAnyOrderElementsOf(ids);
    }

    private static List<ConsumerRecord<byte[], byte[]>> taken(String source, String id) {
        return TopicReader.all(TestKafka.bootstrapServers(), "raw." + source).stream()
                .filter(record -> TopicReader.header(record, "ce_id").equals(id))
                .toList();
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }

    private static String event(String id) {
        return "{\"type\":\"track\",\"event\":\"Order Completed\",\"userId\":\"u\","
                + "\"previousId\":\"p\",\"groupId\":\"g\",\"messageId\":\""
                + id
                + "\"}";
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return compressed.toByteArray();
    }
}
