package dev.millrace.transform.model.parse;

import dev.millrace.transform.model.context.SettingNames;
import dev.millrace.transform.model.manifest.DbtPackage;
import dev.millrace.transform.model.manifest.NodeSettings;
import dev.millrace.transform.model.manifest.ResourceType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts the levels of a node's settings together: dbt's defaults, the package's {@code
 * dbt_project.yml} from its root to the deepest directory, properties, the node's own {@code
 * config()}, and what the project says of a package's nodes.
 */
final class SettingsBuilder {

    private static final Set<String> APPENDED = Set.of("pre-hook", "post-hook", "tags", "packages");
    private static final Set<String> MERGED =
            Set.of("quoting", "column_types", "meta", "docs", "contract");

    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

    /** Whether these are not all levels, so that what adds to others has to stay. */
    private final boolean partial;

    private SettingsBuilder(boolean partial) {
        this.partial = partial;
    }

    /** The settings of a node on all levels. */
    static NodeSettings of(
            ResourceType type,
            List<String> fqn,
            DbtPackage own,
            DbtPackage root,
            Map<String, Object> properties,
            Map<String, Object> configured) {
        SettingsBuilder builder = new SettingsBuilder(false);
        builder.defaults(type);
        builder.addTree(own, type, fqn);
        builder.add(properties);
        builder.add(configured);
        if (!own.name().equals(root.name())) {
            builder.addTree(root, type, fqn);
        }
        builder.finish(type);
        return new NodeSettings(builder.values);
    }

    /** Settings of one level over those of another, as several {@code config()} add up. */
    static Map<String, Object> over(Map<String, Object> earlier, Map<String, Object> later) {
        SettingsBuilder builder = new SettingsBuilder(true);
        builder.add(earlier);
        builder.add(later);
        return builder.values;
    }

    private void defaults(ResourceType type) {
        values.put("enabled", true);
        values.put("alias", null);
        values.put("schema", type == ResourceType.TEST ? "dbt_test__audit" : null);
        values.put("database", null);
        values.put("tags", new ArrayList<>());
        values.put("meta", new LinkedHashMap<>());
        values.put("group", null);
        if (type == ResourceType.SOURCE || type == ResourceType.EXPOSURE) {
            return;
        }
        if (type == ResourceType.TEST) {
            values.put("materialized", "test");
            values.put("severity", "ERROR");
            values.put("store_failures", null);
            values.put("store_failures_as", null);
            values.put("where", null);
            values.put("limit", null);
            values.put("fail_calc", "count(*)");
            values.put("warn_if", "!= 0");
            values.put("error_if", "!= 0");
            return;
        }
        values.put(
                "materialized",
                switch (type) {
                    case SEED -> "seed";
                    case SNAPSHOT -> "snapshot";
                    default -> "view";
                });
        values.put("incremental_strategy", null);
        values.put("persist_docs", new LinkedHashMap<>());
        values.put("post-hook", new ArrayList<>());
        values.put("pre-hook", new ArrayList<>());
        values.put("quoting", new LinkedHashMap<>());
        values.put("column_types", new LinkedHashMap<>());
        values.put("full_refresh", null);
        values.put("unique_key", null);
        values.put("on_schema_change", "ignore");
        values.put("on_configuration_change", "apply");
        values.put("grants", new LinkedHashMap<>());
        values.put("packages", new ArrayList<>());
        values.put("docs", new LinkedHashMap<>(Map.of("show", true)));
        values.put("contract", new LinkedHashMap<>(Map.of("enforced", false, "alias_types", true)));
        switch (type) {
            case MODEL -> {
                values.put("access", "protected");
                values.put("event_time", null);
                values.put("batch_size", null);
                values.put("lookback", 1);
                values.put("begin", null);
                values.put("concurrent_batches", null);
            }
            case SEED -> {
                values.put("delimiter", ",");
                values.put("quote_columns", null);
            }
            case SNAPSHOT -> {
                values.put("strategy", null);
                values.put("target_schema", null);
                values.put("target_database", null);
                values.put("updated_at", null);
                values.put("check_cols", null);
                values.put("snapshot_meta_column_names", new LinkedHashMap<>());
                values.put("dbt_valid_to_current", null);
            }
            default -> {}
        }
    }

    private void addTree(DbtPackage from, ResourceType type, List<String> fqn) {
        Map<String, Object> level = from.settings().getOrDefault(key(type), Map.of());
        add(ownOf(level));
        for (String step : fqn) {
            Object next = level.get(step);
            if (!(next instanceof Map<?, ?>)) {
                return;
            }
            level = Yaml.withNulls(next);
            add(ownOf(level));
        }
    }

    private static String key(ResourceType type) {
        return switch (type) {
            case SEED -> "seeds";
            case SNAPSHOT -> "snapshots";
            case TEST -> "data_tests";
            case SOURCE -> "sources";
            case EXPOSURE -> "exposures";
            case METRIC -> "metrics";
            case SEMANTIC_MODEL -> "semantic-models";
            case SAVED_QUERY -> "saved-queries";
            case UNIT_TEST -> "unit_tests";
            case MODEL, ANALYSIS, OPERATION -> "models";
        };
    }

    /** What of a level is a setting, and no directory. */
    private static Map<String, Object> ownOf(Map<String, Object> level) {
        Map<String, Object> own = new LinkedHashMap<>();
        level.forEach(
                (key, value) -> {
                    if (key.startsWith("+")) {
                        own.put(key.substring(1).strip(), value);
                    } else if (value != null && !(value instanceof Map<?, ?>)) {
                        own.put(key, value);
                    }
                });
        return own;
    }

    private void add(Map<String, Object> level) {
        level.forEach((name, value) -> add(SettingNames.canonical(name), value));
    }

    private void add(String name, @Nullable Object value) {
        Object earlier = values.get(name);
        if (APPENDED.contains(name)) {
            List<Object> both = new ArrayList<>(Yaml.list(earlier));
            for (Object item : Yaml.list(value)) {
                boolean there = name.equals("tags") && both.contains(item);
                if (!there) {
                    both.add(item);
                }
            }
            values.put(name, both);
        } else if (MERGED.contains(name) && value instanceof Map<?, ?> map) {
            Map<String, Object> both = Yaml.map(earlier);
            map.forEach((key, item) -> both.put(String.valueOf(key), item));
            values.put(name, both);
        } else if (name.equals("grants") && value instanceof Map<?, ?> map) {
            values.put(name, grants(Yaml.map(earlier), map));
        } else if (value != null || !MERGED.contains(name)) {
            values.put(name, value);
        }
    }

    /** A privilege with a {@code +} adds its grantees to those of the level before. */
    private Map<String, Object> grants(Map<String, Object> earlier, Map<?, ?> later) {
        Map<String, Object> both = new LinkedHashMap<>(earlier);
        later.forEach(
                (key, value) -> {
                    String privilege = String.valueOf(key);
                    if (privilege.startsWith("+")) {
                        String name = privilege.substring(1).strip();
                        String bare = partial && !both.containsKey(name) ? "+" + name : name;
                        List<Object> grantees = new ArrayList<>(Yaml.list(both.get(bare)));
                        grantees.addAll(Yaml.list(value));
                        both.put(bare, grantees);
                    } else {
                        both.put(privilege, new ArrayList<>(Yaml.list(value)));
                    }
                });
        return both;
    }

    private void finish(ResourceType type) {
        if (type == ResourceType.SEED && values.get("materialized") == null) {
            values.put("materialized", "seed");
        }
        Object tags = values.get("tags");
        if (tags instanceof Collection<?> several) {
            values.put("tags", several.stream().map(String::valueOf).distinct().toList());
        }
        Object failures = values.get("store_failures_as");
        if (type == ResourceType.TEST && failures != null) {
            values.put("store_failures", !"ephemeral".equals(failures));
        } else if (type == ResourceType.TEST
                && "true".equalsIgnoreCase(String.valueOf(values.get("store_failures")))) {
            values.put("store_failures_as", "table");
        }
    }
}
