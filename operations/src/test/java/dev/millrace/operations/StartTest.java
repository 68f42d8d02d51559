package dev.millrace.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.example.RunningService;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a service says when it refuses to start, and what it takes to start. */
@ExtendWith(OutputCaptureExtension.class)
class StartTest {

    @TempDir private Path project;
    private final TestWarehouse warehouse = TestWarehouse.create();

    @BeforeEach
    void writeProject() throws IOException {
        Files.createDirectory(project.resolve("sources"));
        Files.writeString(project.resolve("sources/web.yml"), RunningService.GOOD_SOURCES);
    }

    @Test
    void withoutAWayToVerifyTokensItRefuses(CapturedOutput output) {
        refuses("--millrace.access.jwt-secret=");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Nothing says how operators' tokens are verified")
                .contains("Set one of MILLRACE_ACCESS_JWTSECRET");
    }

    @Test
    void withAShortSecretItRefusesAndDoesNotTellIt(CapturedOutput output) {
        refuses("--millrace.access.jwt-secret=correct-horse");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("has 13 bytes; it needs 32")
                .doesNotContain("correct-horse");
    }

    @Test
    void withoutAProjectItSaysWhichSettingIsMissing(CapturedOutput output) {
        refuses("--millrace.project.dir=");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("No project directory is set.")
                .contains("Set MILLRACE_PROJECT_DIR");
    }

    @Test
    void withABrokenProjectItListsAllMistakes(CapturedOutput output) throws IOException {
        Files.writeString(
                project.resolve("sources/web.yml"),
                """
                sources:
                  - name: Web
                    type: segmet
                  - name: shop
                    type: segment
                """);

        refuses();

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("sources/web.yml:2:", "sources/web.yml:3:", "write_key")
                .contains("millrace validate");
    }

    @Test
    void itOwnsItsSchemaAndWritesNowhereElse() throws Exception {
        try (RunningService _ = RunningService.start(warehouse, project);
                var connection = warehouse.ownerConnection();
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                """
                                SELECT string_agg(DISTINCT table_schema, ',') FROM (
                                  SELECT schemaname AS table_schema FROM pg_tables
                                  WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
                                    -- The roles' own, which is there before any service starts.
                                    AND schemaname <> 'millrace') t
                                """)) {
            rows.next();
            assertThat(rows.getString(1)).isEqualTo("ingestion");
        }
    }

    @Test
    void itStopsAndStartsAgainOnTheSameState() {
        String revision;
        try (RunningService first = RunningService.start(warehouse, project)) {
            revision =
                    first.get("/operator/project", first.token("reader"))
                            .json()
                            .get("revision")
                            .asString();
        }
        try (RunningService second = RunningService.start(warehouse, project)) {
            assertThat(
                            second.get("/operator/project", second.token("reader"))
                                    .json()
                                    .get("revision")
                                    .asString())
                    .isEqualTo(revision);
        }
    }

    private void refuses(String... settings) {
        assertThatThrownBy(() -> RunningService.start(warehouse, project, settings).close())
                .isInstanceOf(Exception.class);
    }
}
