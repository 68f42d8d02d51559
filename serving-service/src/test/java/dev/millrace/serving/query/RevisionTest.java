package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.serving.query.RunningService.Answer;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

/** A model that changes while it is served. */
@Timeout(120)
class RevisionTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private static String model(String expression) {
        return """
        cubes:
          - name: things
            sql: "SELECT 2 AS n"
            measures:
              - {name: total, type: sum, sql: "%s"}
        """
                .formatted(expression);
    }

    @Test
    void queriesFollowTheNewestModelWithoutMistakes(@TempDir Path project) throws Exception {
        RunningService.writeModel(project, model("n"));
        try (RunningService service =
                RunningService.start(
                        TestWarehouse.create(),
                        project,
                        "millrace.project.poll-interval=100ms",
                        "millrace.project.settle=10ms")) {
            assertThat(total(service)).isEqualTo("2");
            String first = revision(service);

            RunningService.writeModel(project, model("{CUBE}.n * 10"));
            Eventually.within(SOON, () -> assertThat(total(service)).isEqualTo("20"));
            String second = revision(service);
            assertThat(second).isNotEqualTo(first);

            RunningService.writeModel(project, model("{CUBE}.n * (10"));
            Eventually.within(SOON, () -> assertThat(problems(service)).contains("parenthesis"));
            assertThat(total(service)).isEqualTo("20");
            assertThat(revision(service)).isEqualTo(second);
        }
    }

    private static String total(RunningService service) {
        Answer answer = service.load("{\"measures\":[\"things.total\"]}");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.data().path(0).path("things.total").asString("");
    }

    private static String revision(RunningService service) {
        return service.get("/cubejs-api/v1/meta").body().path("compilerId").asString();
    }

    private static String problems(RunningService service) {
        String token =
                RunningService.token(
                        RunningService.OPERATOR_SECRET,
                        java.util.Map.of("sub", "eve", "roles", java.util.List.of("reader")),
                        java.time.Instant.now().plusSeconds(60));
        return service.text(
                service.request("/operator/project")
                        .header("Authorization", "Bearer " + token)
                        .build());
    }
}
