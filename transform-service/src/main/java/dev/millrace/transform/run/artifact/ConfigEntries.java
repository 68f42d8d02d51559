package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.manifest.Hook;
import dev.millrace.transform.model.manifest.NodeSettings;
import dev.millrace.transform.model.manifest.ResourceType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Settings as artifacts have them. */
final class ConfigEntries {

    private static final Map<String, Object> DEFAULTS =
            Map.of(
                    "enabled", true,
                    "on_schema_change", "ignore",
                    "on_configuration_change", "apply",
                    "access", "protected",
                    "delimiter", ",",
                    "lookback", 1,
                    "fail_calc", "count(*)",
                    "warn_if", "!= 0",
                    "error_if", "!= 0");

    private ConfigEntries() {}

    /** All settings of a node. */
    static Map<String, @Nullable Object> of(ResourceType type, NodeSettings settings) {
        Entry config = new Entry(settings.all());
        settings.all().forEach(config::put);
        if (type == ResourceType.TEST) {
            return config.values();
        }
        config.put("docs", docs(settings.map("docs")));
        config.put("contract", contract(settings.map("contract")));
        config.put("pre-hook", hooks(settings.hooks("pre-hook")));
        config.put("post-hook", hooks(settings.hooks("post-hook")));
        return config.values();
    }

    /** What of the settings somebody has given. */
    static Map<String, @Nullable Object> given(ResourceType type, NodeSettings settings) {
        Map<String, @Nullable Object> given = new LinkedHashMap<>();
        settings.all()
                .forEach(
                        (name, value) -> {
                            if (!isEmpty(value) && !isDefault(type, name, value)) {
                                given.put(name, value);
                            }
                        });
        return given;
    }

    private static boolean isEmpty(@Nullable Object value) {
        return switch (value) {
            case null -> true;
            case Collection<?> items -> items.isEmpty();
            case Map<?, ?> map -> map.isEmpty();
            default -> false;
        };
    }

    private static boolean isDefault(ResourceType type, String name, @Nullable Object value) {
        String text = String.valueOf(value);
        return switch (name) {
            case "docs" -> value instanceof Map<?, ?> docs && docs.equals(Map.of("show", true));
            case "contract" ->
                    value instanceof Map<?, ?> contract
                            && !Boolean.TRUE.equals(contract.get("enforced"));
            case "materialized" ->
                    text.equals(type == ResourceType.MODEL ? "view" : type.label())
                            || text.equals("view");
            case "severity" -> text.equalsIgnoreCase("error");
            case "schema" -> type == ResourceType.TEST && text.equals("dbt_test__audit");
            default -> DEFAULTS.containsKey(name) && text.equals(DEFAULTS.get(name).toString());
        };
    }

    static Map<String, @Nullable Object> docs(Map<?, ?> docs) {
        return new Entry(docs).takeOr("show", true).take("node_color").values();
    }

    private static Map<String, @Nullable Object> contract(Map<?, ?> contract) {
        return new Entry(contract).takeOr("enforced", false).takeOr("alias_types", true).values();
    }

    private static List<Map<String, @Nullable Object>> hooks(List<Hook> hooks) {
        List<Map<String, @Nullable Object>> entries = new ArrayList<>();
        for (Hook hook : hooks) {
            entries.add(
                    new Entry()
                            .put("sql", hook.sql())
                            .put("transaction", hook.inTransaction())
                            .put("index", null)
                            .values());
        }
        return entries;
    }
}
