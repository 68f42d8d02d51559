package dev.millrace.transform.run.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class ManifestFileTest {

    private static final String ORDERS = "model.shop.orders";

    @TempDir Path directory;
    private ArtifactStage stage;
    private JsonNode manifest;

    @BeforeEach
    void readTheShop() throws IOException {
        stage = ArtifactStage.of(directory, ShopProject.files());
        manifest = stage.parsed();
    }

    @Test
    void theManifestHasEveryPartThatItsVersionHas() {
        assertThat(manifest.propertyNames())
                .containsExactlyInAnyOrder(
                        "metadata",
                        "nodes",
                        "sources",
                        "macros",
                        "docs",
                        "exposures",
                        "metrics",
                        "groups",
                        "selectors",
                        "disabled",
                        "parent_map",
                        "child_map",
                        "group_map",
                        "saved_queries",
                        "semantic_models",
                        "unit_tests");
    }

    @Test
    void itSaysWhereItComesFrom() {
        JsonNode metadata = manifest.get("metadata");
        assertThat(text(metadata, "dbt_schema_version"))
                .isEqualTo("https://schemas.getdbt.com/dbt/manifest/v12.json");
        assertThat(text(metadata, "generated_at")).isEqualTo("2026-03-01T12:00:00.123456Z");
        assertThat(text(metadata, "invocation_id")).isEqualTo(ArtifactStage.INVOCATION);
        assertThat(text(metadata, "project_name")).isEqualTo("shop");
        assertThat(text(metadata, "adapter_type")).isEqualTo("postgres");
        assertThat(metadata.get("env").toString()).isEqualTo("{\"TEAM\":\"data\"}");
    }

    @Test
    void aModelHasItsNamesSettingsAndDescription() {
        JsonNode orders = manifest.get("nodes").get(ORDERS);
        assertThat(text(orders, "relation_name")).isEqualTo("\"shopdb\".\"analytics\".\"orders\"");
        assertThat(text(orders, "original_file_path")).isEqualTo("models/marts/orders.sql");
        assertThat(text(orders, "path")).isEqualTo("marts/orders.sql");
        assertThat(text(orders, "description")).isEqualTo("Orders. What is paid.");
        assertThat(text(orders.at("/columns/amount"), "description")).isEqualTo("What is paid.");
        assertThat(text(orders.get("config"), "materialized")).isEqualTo("table");
        assertThat(text(orders, "access")).isEqualTo("public");
        assertThat(text(orders.get("docs"), "node_color")).isEqualTo("red");
        assertThat(text(orders, "patch_path")).isEqualTo("shop://models/schema.yml");
        assertThat(orders.get("created_at").asDouble()).isEqualTo(1772366400.123);
    }

    @Test
    void hooksAndConstraintsAreWrittenInFull() {
        JsonNode orders = manifest.get("nodes").get(ORDERS);
        assertThat(orders.at("/config/post-hook/0").toString())
                .isEqualTo("{\"sql\":\"analyze {{ this }}\",\"transaction\":true,\"index\":null}");
        assertThat(orders.at("/columns/amount/constraints/0").toString())
                .isEqualTo(
                        "{\"type\":\"not_null\",\"name\":null,\"expression\":null,"
                                + "\"warn_unenforced\":true,\"warn_unsupported\":true}");
        assertThat(orders.at("/constraints/0/columns").isArray()).isTrue();
    }

    @Test
    void onlyGivenSettingsAreUnrendered() {
        JsonNode given = manifest.get("nodes").get(ORDERS).get("unrendered_config");
        assertThat(given.propertyNames())
                .containsExactlyInAnyOrder(
                        "materialized",
                        "tags",
                        "post-hook",
                        "unknown_setting",
                        "docs",
                        "group",
                        "access");
    }

    @Test
    void aNodeNamesTheMacrosAndNodesThatItUses() {
        JsonNode depends = manifest.get("nodes").get(ORDERS).get("depends_on");
        assertThat(texts(depends.get("macros"))).containsExactly("macro.shop.cents");
        assertThat(texts(depends.get("nodes")))
                .containsExactly("model.shop.stg_orders", "seed.shop.countries");
    }

    @Test
    void aSeedHasNoCodeButItsPlace() {
        JsonNode seed = manifest.get("nodes").get("seed.shop.countries");
        assertThat(text(seed, "root_path")).isEqualTo(directory.toAbsolutePath().toString());
        assertThat(seed.has("compiled_path")).isFalse();
        assertThat(seed.get("depends_on").has("nodes")).isFalse();
    }

    @Test
    void aTestSaysWhatItIsAnInstanceOf() {
        JsonNode test =
                manifest.get("nodes")
                        .valueStream()
                        .filter(node -> node.has("test_metadata"))
                        .findFirst()
                        .orElseThrow();
        assertThat(text(test, "column_name")).isEqualTo("amount");
        assertThat(text(test, "attached_node")).isEqualTo(ORDERS);
        assertThat(text(test.get("test_metadata"), "name")).isEqualTo("not_null");
        assertThat(text(test.get("config"), "severity")).isEqualTo("warn");
        assertThat(text(test.get("checksum"), "name")).isEqualTo("none");
        assertThat(texts(test.at("/depends_on/macros"))).contains("macro.dbt.test_not_null");
    }

    @Test
    void codeIsToldOfOnceItIsCompiled() throws IOException {
        assertThat(manifest.get("nodes").get(ORDERS).has("compiled_code")).isFalse();
        CompiledNode.Cte cte = new CompiledNode.Cte("model.shop.helper", "with x");
        stage.artifacts.manifest(
                new ManifestContents(
                        directory,
                        stage.manifest(),
                        stage.read.workspace(),
                        stage.documentation,
                        Map.of(
                                ORDERS,
                                new CompiledNode(
                                        "select 1", "target/compiled/x.sql", List.of(cte))),
                        Map.of(ORDERS, "target/run/x.sql")));
        JsonNode orders = stage.json("manifest.json").get("nodes").get(ORDERS);
        assertThat(orders.get("compiled").asBoolean()).isTrue();
        assertThat(text(orders, "compiled_code")).isEqualTo("select 1");
        assertThat(text(orders, "compiled_path")).isEqualTo("target/compiled/x.sql");
        assertThat(text(orders, "build_path")).isEqualTo("target/run/x.sql");
        assertThat(text(orders.at("/extra_ctes/0"), "id")).isEqualTo("model.shop.helper");
    }

    @Test
    void sourcesHaveTheirFreshness() {
        JsonNode source = manifest.get("sources").get("source.shop.web.orders");
        assertThat(source.get("freshness").toString())
                .isEqualTo(
                        "{\"warn_after\":{\"count\":12,\"period\":\"hour\"},"
                                + "\"error_after\":{\"count\":null,\"period\":null},"
                                + "\"filter\":null}");
        assertThat(text(source, "loaded_at_field")).isEqualTo("received_at");
        assertThat(text(source.at("/columns/id"), "description")).isEqualTo("What is paid.");
    }

    @Test
    void macrosHaveTheirTextTheirCallsAndWhatIsSaidOfThem() {
        JsonNode cents = manifest.get("macros").get("macro.shop.cents");
        assertThat(text(cents, "macro_sql")).startsWith("{% macro cents").endsWith("endmacro %}");
        assertThat(texts(cents.at("/depends_on/macros"))).containsExactly("macro.dbt.safe_cast");
        assertThat(text(cents, "description")).isEqualTo("In cents: What is paid.");
        assertThat(text(cents.at("/arguments/0"), "type")).isEqualTo("string");
        assertThat(manifest.get("macros").has("macro.dbt.statement")).isTrue();
    }

    @Test
    void groupsDocsExposuresAndSelectorsAreThere() {
        assertThat(manifest.at("/groups/group.shop.finance/owner/chat").asString())
                .isEqualTo("#finance");
        assertThat(texts(manifest.at("/group_map/finance"))).containsExactly(ORDERS);
        assertThat(manifest.at("/docs/doc.shop.order_amount/block_contents").asString())
                .isEqualTo("What is paid.");
        assertThat(manifest.get("docs").has("doc.dbt.__overview__")).isTrue();
        JsonNode board = manifest.at("/exposures/exposure.shop.board");
        assertThat(board.at("/refs/0/name").asString()).isEqualTo("orders");
        assertThat(texts(board.at("/sources/0"))).containsExactly("web", "orders");
        assertThat(manifest.at("/selectors/nightly/definition/method").asString()).isEqualTo("tag");
        assertThat(manifest.at("/disabled/model.shop.idle/0/name").asString()).isEqualTo("idle");
    }

    @Test
    void metricsComeDownToTheirMeasures() {
        JsonNode share = manifest.at("/metrics/metric.shop.share");
        assertThat(texts(share.at("/depends_on/nodes")))
                .containsExactly("metric.shop.payments", "metric.shop.revenue");
        assertThat(share.at("/type_params/input_measures/1/name").asString()).isEqualTo("amount");
        assertThat(share.at("/type_params/denominator/alias").asString()).isEqualTo("all");
        assertThat(share.at("/filter/where_filters/0/where_sql_template").asString())
                .contains("Dimension");
        JsonNode lately = manifest.at("/metrics/metric.shop.lately");
        assertThat(lately.at("/type_params/window").toString())
                .isEqualTo("{\"count\":28,\"granularity\":\"day\"}");
        assertThat(texts(lately.at("/depends_on/nodes")))
                .containsExactly("semantic_model.shop.sales");
        assertThat(texts(manifest.at("/saved_queries/saved_query.shop.weekly/depends_on/nodes")))
                .containsExactly("metric.shop.revenue");
        assertThat(manifest.at("/semantic_models/semantic_model.shop.sales/node_relation/alias"))
                .hasToString("\"orders\"");
    }

    @Test
    void edgesLeadInBothDirectionsInOrder() {
        assertThat(texts(manifest.at("/parent_map/" + ORDERS)))
                .containsExactly("model.shop.stg_orders", "seed.shop.countries");
        assertThat(texts(manifest.at("/child_map/" + ORDERS)))
                .isSorted()
                .contains("exposure.shop.board", "snapshot.shop.kept", "semantic_model.shop.sales");
        assertThat(texts(manifest.at("/child_map/source.shop.web.orders")))
                .containsExactly("exposure.shop.board", "model.shop.stg_orders");
    }

    @Test
    void anUnknownDocBlockLeavesTheDescriptionAsItIsWritten() throws IOException {
        Map<String, String> files = new TreeMap<>(ShopProject.files());
        files.put("models/docs.md", "");
        JsonNode found = ArtifactStage.of(directory, files).parsed();
        assertThat(text(found.get("nodes").get(ORDERS), "description"))
                .isEqualTo("Orders. {{ doc('order_amount') }}");
    }

    @Test
    void fiveThousandModelsAreWrittenInLessThanTwoSeconds() throws IOException {
        Map<String, String> files = new TreeMap<>(ShopProject.files());
        StringBuilder described = new StringBuilder("models:\n");
        for (int i = 0; i < 5_000; i++) {
            String from = i == 0 ? "stg_orders" : "m" + (i - 1);
            files.put("models/many/m" + i + ".sql", "select * from {{ ref('" + from + "') }}");
            described
                    .append("  - {name: m")
                    .append(i)
                    .append(", columns: [{name: a}, {name: b}]}\n");
        }
        files.put("models/many/many.yml", described.toString());
        ArtifactStage many = ArtifactStage.of(directory, files);
        many.parsed();
        // What others do on the machine meanwhile is not the writer's time.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long begun = threads.getCurrentThreadCpuTime();
        many.artifacts.manifest(many.contents());
        Duration taken = Duration.ofNanos(threads.getCurrentThreadCpuTime() - begun);
        assertThat(taken).isLessThan(Duration.ofSeconds(2));
        assertThat(many.json("manifest.json").get("nodes").size()).isGreaterThan(5_000);
    }

    private static String text(JsonNode node, String key) {
        return node.get(key).asString();
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.asString()));
        return texts;
    }
}
