package dev.millrace.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
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
    private final List<ModelRun.Node> told = new ArrayList<>();
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
        runs.close();
        transform.stop(0);
    }

    @Test
    void beginsARunAndSaysWhy() throws Exception {
        answers.add("{\"id\":\"r1\",\"status\":\"QUEUED\"}");
        assertThat(
                        runs.begin(
                                JsonMapper.shared().readTree("{\"select\":\"tag:marts\"}"),
                                "because"))
                .isEqualTo("r1");
        assertThat(requests)
                .containsExactly(
                        "POST /operator/runs Bearer token because" + " {\"select\":\"tag:marts\"}");
    }

    @Test
    void tellsOfEachModelOnceAndOfTheEnd() throws Exception {
        String one = "{\"node\":\"orders\",\"status\":\"success\"}";
        String two = "{\"node\":\"spend\",\"status\":\"success\",\"message\":\"SELECT 7\"}";
        String waiting = "{\"node\":\"spend\",\"status\":\"pending\"}";
        answers.add("{\"status\":\"RUNNING\",\"nodes\":[%s,%s]}".formatted(one, waiting));
        answers.add("{\"status\":\"SUCCEEDED\",\"nodes\":[%s,%s]}".formatted(one, two));
        ModelRun run = runs.await("r1", told::add);
        assertThat(told).hasToString("[success  orders, success  spend   SELECT 7]");
        assertThat(run.succeeded()).isTrue();
        assertThat(run.nodes()).isEqualTo(told);
    }

    @Test
    void aFailedRunIsAFailure() throws Exception {
        answers.add(
                """
                {"status":"FAILED","nodes":[
                  {"node":"orders","status":"error","message":"no such column"}]}\
                """);
        ModelRun run = runs.await("r1", told::add);
        assertThat(run.succeeded()).isFalse();
        assertThat(run.status()).isEqualTo("failed");
        assertThat(told).containsExactly(new ModelRun.Node("orders", "error", "no such column"));
    }

    @Test
    void aRunWithoutAnIdIsNoRun() {
        answers.add("{\"status\":\"QUEUED\"}");
        assertThatIOException()
                .isThrownBy(() -> runs.begin(JsonMapper.shared().createObjectNode(), "because"))
                .withMessageContaining("without an id");
    }

    @Test
    void showsWhatTransformObjectsTo() {
        status = 400;
        answers.add("{\"title\":\"no such tag\"}");
        assertThatIOException()
                .isThrownBy(() -> runs.begin(JsonMapper.shared().createObjectNode(), "because"))
                .withMessageContaining("400")
                .withMessageContaining("no such tag");
    }
}
