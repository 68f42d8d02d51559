package dev.millrace.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

class ModelRunsTest {

    private final Deque<String> answers = new ArrayDeque<>();
    private final List<String> requests = new ArrayList<>();
    private final StringWriter out = new StringWriter();
    private HttpServer transform;
    private ModelRuns runs;
    private int status = 200;

    @BeforeEach
    void start() throws IOException {
        transform =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        transform.createContext(
                "/operator/runs",
                exchange -> {
                    requests.add(
                            "%s %s %s %s %s"
                                    .formatted(
                                            exchange.getRequestMethod(),
                                            exchange.getRequestURI(),
                                            exchange.getRequestHeaders().getFirst("Authorization"),
                                            exchange.getRequestHeaders().getFirst("X-Reason"),
                                            new String(
                                                    exchange.getRequestBody().readAllBytes(),
                                                    StandardCharsets.UTF_8)));
                    byte[] body = answers.removeFirst().getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(status, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        transform.start();
        runs = new ModelRuns("http://127.0.0.1:" + transform.getAddress().getPort(), "token");
    }

    @AfterEach
    void stop() {
        transform.stop(0);
    }

    @Test
    void beginsARunAndSaysWhy() throws Exception {
        answers.add("{\"id\":\"r1\",\"status\":\"QUEUED\"}");
        assertThat(runs.begin(JsonMapper.shared().readTree("{\"select\":\"tag:marts\"}")))
                .isEqualTo("r1");
        assertThat(requests)
                .containsExactly(
                        "POST /operator/runs Bearer token millrace build"
                                + " {\"select\":\"tag:marts\"}");
    }

    @Test
    void tellsOfEachModelOnceAndOfTheEnd() throws Exception {
        String one = "{\"node\":\"orders\",\"status\":\"success\"}";
        String two = "{\"node\":\"spend\",\"status\":\"success\",\"message\":\"SELECT 7\"}";
        String waiting = "{\"node\":\"spend\",\"status\":\"pending\"}";
        answers.add("{\"status\":\"RUNNING\",\"nodes\":[%s,%s]}".formatted(one, waiting));
        answers.add("{\"status\":\"SUCCEEDED\",\"nodes\":[%s,%s]}".formatted(one, two));
        assertThat(runs.follow("r1", new PrintWriter(out))).isTrue();
        assertThat(out.toString().lines())
                .containsExactly(
                        "  success  orders", "  success  spend   SELECT 7", "run r1 succeeded");
    }

    @Test
    void aFailedRunIsAFailure() throws Exception {
        answers.add(
                """
                {"status":"FAILED","nodes":[
                  {"node":"orders","status":"error","message":"no such column"}]}\
                """);
        assertThat(runs.follow("r1", new PrintWriter(out))).isFalse();
        assertThat(out.toString()).contains("error", "orders", "no such column", "run r1 failed");
    }

    @Test
    void showsWhatTransformObjectsTo() {
        status = 400;
        answers.add("{\"title\":\"no such tag\"}");
        assertThatIOException()
                .isThrownBy(() -> runs.begin(JsonMapper.shared().createObjectNode()))
                .withMessageContaining("400")
                .withMessageContaining("no such tag");
    }
}
