package dev.millrace.transform.model.select;

import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.manifest.Column;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.OtherResource;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.manifest.SourceTable;
import dev.millrace.transform.model.manifest.UnitTest;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a manifest down the way dbt does, as far as it is compared. */
final class ManifestJson {

    private final Map<String, Object> sections = new LinkedHashMap<>();

    private ManifestJson() {}

    static byte[] of(Shop shop) {
        return of(shop, 12);
    }

    static byte[] of(Shop shop, int version) {
        ManifestJson json = new ManifestJson();
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("env", Map.of("a", List.of(1, 2)));
        metadata.put(
                "dbt_schema_version",
                "https://schemas.getdbt.com/dbt/manifest/v" + version + ".json");
        json.sections.put("metadata", metadata);
        json.fill(shop.manifest(), shop.macros());
        json.sections.put("child_map", Map.of("x", List.of()));
        return JsonMapper.builder().build().writeValueAsBytes(json.sections);
    }

    private void fill(Manifest manifest, Macros macros) {
        manifest.nodes().values().forEach(node -> put("nodes", node.id(), node(node)));
        manifest.sources().values().forEach(table -> put("sources", table.id(), source(table)));
        manifest.others().values().forEach(other -> put(section(other), other.id(), other(other)));
        manifest.unitTests().values().forEach(test -> put("unit_tests", test.id(), test(test)));
        macros.all()
                .forEach(
                        macro ->
                                put(
                                        "macros",
                                        macro.id(),
                                        Map.of("macro_sql", macro.definition().source())));
    }

    @SuppressWarnings("unchecked")
    private void put(String section, String id, Map<String, ?> entry) {
        ((Map<String, Object>) sections.computeIfAbsent(section, name -> new LinkedHashMap<>()))
                .put(id, entry);
    }

    private static String section(OtherResource other) {
        return switch (other.type()) {
            case EXPOSURE -> "exposures";
            case METRIC -> "metrics";
            case SEMANTIC_MODEL -> "semantic_models";
            default -> "saved_queries";
        };
    }

    private static Map<String, @Nullable Object> node(Node node) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("compiled_code", "select " + "1, ".repeat(100) + "2");
        entry.put("resource_type", node.type().label());
        entry.put("fqn", node.fqn());
        entry.put("database", node.relation().database());
        entry.put("schema", node.relation().schema());
        entry.put("alias", node.relation().identifier());
        entry.put("relation_name", node.isBuilt() ? node.relation().path() : null);
        entry.put("raw_code", node.code());
        entry.put("checksum", Map.of("name", "sha256", "checksum", node.checksum()));
        entry.put("config", node.settings().all());
        entry.put("description", node.properties().description());
        entry.put("columns", columns(node));
        entry.put("constraints", node.properties().constraints());
        entry.put("contract", node.settings().map("contract"));
        if (node.type() == ResourceType.MODEL) {
            entry.put("access", node.properties().access());
            entry.put("version", node.version());
            entry.put("latest_version", node.properties().latestVersion());
            entry.put("deprecation_date", node.properties().deprecationDate());
        }
        return entry;
    }

    private static Map<String, Object> columns(Node node) {
        Map<String, Object> columns = new LinkedHashMap<>();
        for (Column column : node.columns().values()) {
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put("name", column.name());
            entry.put("description", column.description());
            entry.put("data_type", column.dataType());
            entry.put(
                    "constraints",
                    column.constraints().stream()
                            .map(
                                    each -> {
                                        Map<String, @Nullable Object> written =
                                                new LinkedHashMap<>(each);
                                        written.put("name", null);
                                        written.put("warn_unenforced", true);
                                        return written;
                                    })
                            .toList());
            columns.put(column.name(), entry);
        }
        return columns;
    }

    private static Map<String, @Nullable Object> source(SourceTable table) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("resource_type", "source");
        entry.put("fqn", table.fqn());
        entry.put("database", table.relation().database());
        entry.put("schema", table.relation().schema());
        entry.put("identifier", table.relation().identifier());
        Map<String, @Nullable Object> quoting = new LinkedHashMap<>();
        quoting.put("database", null);
        quoting.put("schema", table.relation().quoting().schema());
        entry.put("quoting", quoting);
        entry.put("loaded_at_field", table.details().get("loaded_at_field"));
        Map<String, @Nullable Object> freshness = new LinkedHashMap<>();
        SourceTable.Freshness own = table.freshness();
        freshness.put("warn_after", age(own == null ? null : own.warnAfter()));
        freshness.put("error_after", age(own == null ? null : own.errorAfter()));
        freshness.put("filter", null);
        entry.put("freshness", freshness);
        entry.put("config", table.details().get("config"));
        return entry;
    }

    private static Map<String, @Nullable Object> age(SourceTable.@Nullable Age age) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("count", age == null ? null : age.count());
        entry.put("period", age == null ? null : age.period());
        return entry;
    }

    private static Map<String, @Nullable Object> other(OtherResource other) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>(other.details());
        entry.put("resource_type", other.type().label());
        entry.put("fqn", other.fqn());
        entry.put("depends_on", Map.of("nodes", other.parents(), "macros", List.of()));
        entry.put("created_at", 1.5);
        entry.putIfAbsent("description", "");
        return entry;
    }

    private static Map<String, @Nullable Object> test(UnitTest test) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("resource_type", "unit_test");
        entry.put("model", test.model().split("\\.", 3)[2]);
        entry.put("given", List.of());
        entry.put("expect", Map.of("rows", test.expect().rows(), "format", "dict"));
        entry.put("overrides", null);
        return entry;
    }
}
