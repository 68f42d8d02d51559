package dev.millrace.transform.run.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transform.model.manifest.Node;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

class NodeFilesTest {

    @TempDir Path directory;
    private ArtifactStage stage;

    @BeforeEach
    void readTheShop() {
        stage = ArtifactStage.of(directory, ShopProject.files());
    }

    @Test
    void aModelsSqlStandsWhereItsFileStands() throws IOException {
        Path path = stage.artifacts.compiled(stage.node("model.shop.orders"), "select 1");
        assertThat(path)
                .isEqualTo(directory.resolve("target/compiled/shop/models/marts/orders.sql"))
                .hasContent("select 1");
        assertThat(stage.artifacts.run(stage.node("model.shop.orders"), "create table"))
                .isEqualTo(directory.resolve("target/run/shop/models/marts/orders.sql"));
    }

    @Test
    void aTestsSqlStandsBelowTheFileThatWritesIt() throws IOException {
        Node test =
                stage.manifest().nodes().values().stream()
                        .filter(node -> node.test() != null)
                        .findFirst()
                        .orElseThrow();
        assertThat(stage.artifacts.compiled(test, "select 1"))
                .isEqualTo(
                        directory.resolve(
                                "target/compiled/shop/models/schema.yml/not_null_orders_amount.sql"));
    }

    @Test
    void anotherTextTakesThePlaceOfTheFirstAndLeavesNothingBehind() throws IOException {
        Node node = stage.node("model.shop.orders");
        stage.artifacts.compiled(node, "select 1");
        Path path = stage.artifacts.compiled(node, "select 2");
        assertThat(path).hasContent("select 2");
        try (Stream<Path> files = Files.list(path.getParent())) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void aFileThatCannotBeWrittenLeavesTheOneBefore() throws IOException {
        ArtifactFile file = new ArtifactFile(directory.resolve("target/manifest.json"));
        file.text("before");
        assertThatThrownBy(
                        () ->
                                file.json(
                                        json -> {
                                            json.writeStartObject();
                                            throw new IllegalStateException("half of it");
                                        }))
                .hasMessage("half of it");
        assertThat(file.path()).hasContent("before");
        try (Stream<Path> files = Files.list(directory.resolve("target"))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void aNameThatLeadsOutOfTheDirectoryIsRefused() {
        Map<String, String> files = new TreeMap<>(ShopProject.files());
        files.put(
                "models/marts/more.yml",
                """
                models:
                  - name: stg_orders
                    columns:
                      - name: id
                        data_tests:
                          - not_null: {name: ../../../../../../../tmp/escaped}
                """);
        ArtifactStage other = ArtifactStage.of(directory, files);
        Node test =
                other.manifest().nodes().values().stream()
                        .filter(node -> node.name().contains("escaped"))
                        .findFirst()
                        .orElseThrow();
        assertThatThrownBy(() -> other.artifacts.compiled(test, "select 1"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("models/marts/more.yml")
                .hasMessageContaining("makes no file for its SQL");
    }
}
