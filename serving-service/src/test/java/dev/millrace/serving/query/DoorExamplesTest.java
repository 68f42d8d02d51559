package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.serving.query.RunningService.Answer;

import io.swagger.v3.oas.annotations.Hidden;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The description of serving's doors. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DoorExamplesTest {

    private final RunningService service = ShopService.running();
    private JsonNode paths = JsonMapper.shared().missingNode();

    @BeforeAll
    void read() {
        String reader =
                RunningService.token(
                        RunningService.OPERATOR_SECRET,
                        Map.of("sub", "root", "roles", List.of("reader")),
                        Instant.now().plusSeconds(60));
        Answer answer =
                service.send(
                        service.request("/v3/api-docs")
                                .header("Authorization", "Bearer " + reader)
                                .build());
        assertThat(answer.status()).isEqualTo(200);
        paths = answer.body().path("paths");
    }

    @Test
    void everyDoorIsDescribed() {
        TreeSet<String> mapped = new TreeSet<>();
        service.bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .forEach(
                        (door, method) -> {
                            if (!method.hasMethodAnnotation(Hidden.class)
                                    && method.getBeanType()
                                            .getName()
                                            .startsWith("dev.millrace.serving")) {
                                mapped.addAll(door.getPatternValues());
                            }
                        });

        assertThat(mapped).contains("/cubejs-api/v1/load", "/v1/live", "/operator/caller-keys");
        assertThat(mapped).allMatch(paths::has);
    }

    @Test
    void everyMetricsDoorHasAnExampleAndSaysWhichScopeItNeeds() {
        paths.properties()
                .forEach(
                        path -> {
                            if (path.getKey().startsWith("/cubejs-api")
                                    || path.getKey().startsWith("/v1/")) {
                                path.getValue()
                                        .properties()
                                        .forEach(
                                                door ->
                                                        assertDescribed(
                                                                path.getKey(), door.getValue()));
                            }
                        });
    }

    private static void assertDescribed(String path, JsonNode door) {
        assertThat(door.path("summary").asString("")).as(path).isNotBlank();
        JsonNode responses = door.path("responses");
        JsonNode answer = responses.path(responses.has("201") ? "201" : "200").path("content");
        assertThat(answer.findValue("example")).as(path).isNotNull();
        assertThat(responses.has("429")).as(path).isTrue();
        if (!path.contains("{token}")) {
            assertThat(door.path("description").asString("")).as(path).contains("scope");
            assertThat(door.path("security").toString()).as(path).contains("caller");
        }
        assertThat(door.path("parameters").toString()).as(path).doesNotContain("\"visit\"");
    }

    @Test
    void theQueriesOfExamplesAreQueries() {
        JsonNode load = paths.path("/cubejs-api/v1/load");
        String byGet = load.path("get").path("parameters").path(0).path("example").toString();
        JsonNode byPost = load.path("post").path("requestBody").findValue("example");

        assertThat(byGet).contains("orders.count");
        assertThat(byPost.path("query").path("measures").isArray()).isTrue();
        // Of a model that is not this one: it is read, and refused for that alone.
        Answer answer = service.post("/cubejs-api/v1/dry-run", byPost.toString());
        assertThat(answer.status()).isIn(200, 400);
        assertThat(answer.error()).doesNotContain("must be").doesNotContain("required");
    }
}
