package dev.millrace.transform.run.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.run.node.NodeOutcome;
import dev.millrace.transform.run.node.NodeStatus;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Artifacts against dbt's own schemas, if {@code MILLRACE_DBT_SCHEMAS} names the directory of a
 * release's schemas that has {@code manifest/v12.json} in it.
 */
class DbtSchemaTest {

    private static final String SCHEMAS = System.getenv("MILLRACE_DBT_SCHEMAS");

    @TempDir Path directory;
    private ArtifactStage stage;

    @BeforeEach
    void readTheShop() {
        assumeTrue(SCHEMAS != null, "MILLRACE_DBT_SCHEMAS is not set");
        stage = ArtifactStage.of(directory, ShopProject.files());
    }

    private static List<String> violations(String schema, JsonNode document) throws IOException {
        JsonNode read =
                JsonMapper.builder()
                        .build()
                        .readTree(Files.readAllBytes(Path.of(SCHEMAS, schema + ".json")));
        return SchemaCheck.violations(read, document);
    }

    @Test
    void theManifestIsOneOfVersion12() throws IOException {
        assertThat(violations("manifest/v12", stage.parsed())).isEmpty();
    }

    @Test
    void theManifestIsOneOfVersion12AfterARun() throws IOException {
        stage.artifacts.manifest(
                new ManifestContents(
                        directory,
                        stage.manifest(),
                        stage.read.workspace(),
                        stage.documentation,
                        Map.of("model.shop.orders", new CompiledNode("select 1", "", List.of())),
                        Map.of()));
        assertThat(violations("manifest/v12", stage.json("manifest.json"))).isEmpty();
    }

    @Test
    void runResultsAreOfVersion6() throws IOException {
        stage.artifacts.runResults(
                List.of(
                        RunResult.of(
                                stage.node("model.shop.orders"),
                                NodeOutcome.success(1L, "SELECT 1"),
                                List.of(
                                        RunResult.Timing.compile(
                                                ArtifactStage.NOW, ArtifactStage.NOW)),
                                "main",
                                "select 1"),
                        RunResult.of(
                                stage.node("seed.shop.countries"),
                                NodeOutcome.error("no"),
                                List.of(),
                                "main",
                                null)),
                Duration.ofSeconds(1),
                Map.of());
        assertThat(violations("run-results/v6", stage.json("run_results.json"))).isEmpty();
    }

    @Test
    void sourcesAreOfVersion3() throws IOException {
        stage.artifacts.sources(
                List.of(
                        new FreshnessResult.Measured(
                                stage.orders().id(),
                                NodeStatus.PASS,
                                ArtifactStage.NOW,
                                ArtifactStage.NOW,
                                stage.freshness(),
                                List.of(),
                                "main"),
                        new FreshnessResult.Failed(stage.orders().id(), "gone")),
                Duration.ofSeconds(1));
        assertThat(violations("sources/v3", stage.json("sources.json"))).isEmpty();
    }

    @Test
    void theCatalogIsOneOfVersion1() throws Exception {
        TestWarehouse warehouse = TestWarehouse.create();
        warehouse.execute(
                Role.MODELS,
                "CREATE SCHEMA analytics; CREATE TABLE analytics.orders AS SELECT 1 AS amount");
        try (Connection connection = warehouse.connection(Role.MODELS)) {
            stage.artifacts.catalog(stage.manifest(), ArtifactStage.TARGET, connection);
        }
        JsonNode catalog = stage.json("catalog.json");
        assertThat(catalog.get("nodes").size()).isOne();
        assertThat(violations("catalog/v1", catalog)).isEmpty();
    }
}
