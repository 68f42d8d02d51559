package dev.millrace.transform.run.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.run.node.Batch;
import dev.millrace.transform.run.node.BatchResults;
import dev.millrace.transform.run.node.NodeOutcome;
import dev.millrace.transform.run.node.NodeStatus;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

class ResultFilesTest {

    private static final Instant START = ArtifactStage.NOW;

    @TempDir Path directory;
    private ArtifactStage stage;

    @BeforeEach
    void readTheShop() {
        stage = ArtifactStage.of(directory, ShopProject.files());
    }

    private JsonNode written(RunResult... results) throws IOException {
        stage.artifacts.runResults(
                List.of(results), Duration.ofMillis(1_500), Map.of("which", "build"));
        return stage.json("run_results.json");
    }

    private RunResult result(String id, NodeOutcome outcome, @Nullable String sql) {
        Node node = stage.node(id);
        return RunResult.of(
                node,
                outcome,
                List.of(
                        RunResult.Timing.compile(START, START.plusMillis(250)),
                        RunResult.Timing.execute(START.plusMillis(250), START.plusMillis(1_250))),
                "Thread-1",
                sql);
    }

    @Test
    void aModelThatWasBuiltSaysHowAndHowLong() throws IOException {
        JsonNode document =
                written(result("model.shop.orders", NodeOutcome.success(4L, "SELECT 4"), "select"));
        assertThat(document.at("/metadata/dbt_schema_version").asString())
                .endsWith("run-results/v6.json");
        assertThat(document.get("elapsed_time").asDouble()).isEqualTo(1.5);
        assertThat(document.at("/args/which").asString()).isEqualTo("build");
        JsonNode result = document.at("/results/0");
        assertThat(result.get("unique_id").asString()).isEqualTo("model.shop.orders");
        assertThat(result.get("status").asString()).isEqualTo("success");
        assertThat(result.get("execution_time").asDouble()).isEqualTo(1.25);
        assertThat(result.at("/timing/1").toString())
                .isEqualTo(
                        "{\"name\":\"execute\",\"started_at\":\"2026-03-01T12:00:00.373456Z\","
                                + "\"completed_at\":\"2026-03-01T12:00:01.373456Z\"}");
        assertThat(result.get("adapter_response").toString())
                .isEqualTo("{\"_message\":\"SELECT 4\",\"code\":\"SELECT\",\"rows_affected\":4}");
        assertThat(result.get("compiled").asBoolean()).isTrue();
        assertThat(result.get("relation_name").asString()).contains("\"orders\"");
        assertThat(result.has("batch_results")).isFalse();
    }

    @Test
    void aSeedHasNoCodeToCompile() throws IOException {
        JsonNode result =
                written(result("seed.shop.countries", NodeOutcome.success(1L, "INSERT 1"), "x"))
                        .at("/results/0");
        assertThat(result.get("compiled").isNull()).isTrue();
        assertThat(result.get("compiled_code").isNull()).isTrue();
        assertThat(result.get("relation_name").isNull()).isTrue();
    }

    @Test
    void whatFailedOrWasSkippedHasNoAnswerOfTheWarehouse() throws IOException {
        JsonNode document =
                written(
                        result("model.shop.orders", NodeOutcome.error("no such column"), "select"),
                        result("snapshot.shop.kept", NodeOutcome.skipped("it failed"), null),
                        result("model.shop.stg_orders", NodeOutcome.cancelled("stopped"), null));
        assertThat(document.at("/results/0/adapter_response").size()).isZero();
        assertThat(document.at("/results/0/status").asString()).isEqualTo("error");
        assertThat(document.at("/results/0/message").asString()).isEqualTo("no such column");
        assertThat(document.at("/results/1/compiled").asBoolean()).isFalse();
        assertThat(document.at("/results/2/status").asString()).isEqualTo("skipped");
    }

    @Test
    void batchesAreToldApart() throws IOException {
        Batch first = new Batch("first", START, START.plus(Duration.ofDays(1)));
        JsonNode result =
                written(
                                result(
                                        "model.shop.orders",
                                        new NodeOutcome(
                                                NodeStatus.SUCCESS,
                                                null,
                                                null,
                                                "INSERT 0 3",
                                                true,
                                                new BatchResults(List.of(first), List.of())),
                                        "select"))
                        .at("/results/0");
        assertThat(result.at("/batch_results/successful/0/1").asString())
                .isEqualTo("2026-03-02T12:00:00.123456Z");
        assertThat(result.at("/batch_results/failed").size()).isZero();
        assertThat(result.at("/adapter_response/rows_affected").asLong()).isEqualTo(3);
    }

    @Test
    void answersWithoutNumbersCountNoRows() {
        AdapterResponse response = AdapterResponse.of("CREATE VIEW", null);
        assertThat(response.code()).isEqualTo("CREATE VIEW");
        assertThat(response.rows()).isEqualTo(-1);
    }

    @Test
    void sourcesSayHowOldTheyAreAndWhenThatIsTooOld() throws IOException {
        stage.artifacts.sources(
                List.of(
                        new FreshnessResult.Measured(
                                stage.orders().id(),
                                NodeStatus.WARN,
                                START.minus(Duration.ofHours(13)),
                                START,
                                stage.freshness(),
                                List.of(RunResult.Timing.execute(START, START.plusMillis(5))),
                                "Thread-1"),
                        new FreshnessResult.Failed("source.shop.web.gone", "no such table")),
                Duration.ofSeconds(1));
        JsonNode document = stage.json("sources.json");
        assertThat(document.at("/metadata/dbt_schema_version").asString())
                .endsWith("sources/v3.json");
        JsonNode result = document.at("/results/0");
        assertThat(result.get("status").asString()).isEqualTo("warn");
        assertThat(result.get("max_loaded_at_time_ago_in_s").asDouble()).isEqualTo(46_800);
        assertThat(result.at("/criteria/warn_after/count").asInt()).isEqualTo(12);
        assertThat(result.at("/criteria/error_after/count").isNull()).isTrue();
        assertThat(document.at("/results/1").toString())
                .isEqualTo(
                        "{\"unique_id\":\"source.shop.web.gone\",\"error\":\"no such table\","
                                + "\"status\":\"runtime error\"}");
    }
}
