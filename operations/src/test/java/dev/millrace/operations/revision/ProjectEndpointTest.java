package dev.millrace.operations.revision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.example.RunningService;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

@Timeout(60)
class ProjectEndpointTest {

    private static RunningService service;

    @BeforeAll
    static void start() {
        service = RunningService.start();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void theRunningServiceFollowsItsDirectory() throws Exception {
        String first = project().get("revision").asString();
        write(RunningService.GOOD_SOURCES.replace("web", "shop"));
        JsonNode second = eventually(node -> !node.get("revision").asString().equals(first));
        assertThat(second.get("kinds").toString()).isEqualTo("[\"sources\"]");
        assertThat(second.get("files").asInt()).isEqualTo(1);
        assertThat(second.get("loadedAt").asString()).isEqualTo("2026-03-01T10:00:00Z");
        assertThat(second.get("candidate").isNull()).isTrue();

        write("sources: [{name: web, type: segment}]\n");
        JsonNode broken = eventually(node -> !node.get("candidate").isNull());
        assertThat(broken.get("revision")).isEqualTo(second.get("revision"));
        JsonNode problem = broken.at("/candidate/problems/0");
        assertThat(problem.get("file").asString()).isEqualTo("sources/web.yml");
        assertThat(problem.get("line").asInt()).isEqualTo(1);
        assertThat(problem.get("column").asInt()).isPositive();
        assertThat(problem.get("message").asString()).contains("write_key");
        assertThat(broken.at("/candidate/seenAt").asString()).isEqualTo("2026-03-01T10:00:00Z");
        assertThat(metrics())
                .contains("millrace_project_reload_failures_total", "} 1.0")
                .containsPattern("millrace_project_broken(\\{[^}]*})? 1.0");

        write(RunningService.GOOD_SOURCES);
        JsonNode good = eventually(node -> node.get("candidate").isNull());
        assertThat(good.get("revision").asString()).isEqualTo(first);
        assertThat(metrics()).containsPattern("millrace_project_broken(\\{[^}]*})? 0.0");
    }

    private static JsonNode project() {
        return service.get("/operator/project", service.token("reader")).json();
    }

    private static String metrics() {
        return service.get("/actuator/prometheus", service.token("reader")).body();
    }

    private static void write(String sources) throws IOException {
        Files.writeString(service.project().resolve("sources/web.yml"), sources);
    }

    /** Asks until the answer is as wanted, or the test's time is over. */
    private static JsonNode eventually(Predicate<JsonNode> wanted) {
        JsonNode answer = project();
        while (!wanted.test(answer)) {
            CompletableFuture.runAsync(
                            () -> {}, CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS))
                    .join();
            answer = project();
        }
        return answer;
    }
}
