package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.Hook;
import dev.millrace.transform.model.manifest.NodeSettings;
import dev.millrace.transform.model.manifest.ResourceType;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Compares the settings of a node with those that it had. */
final class SettingsComparison {

    /** What is compared elsewhere, or is no change to dbt. */
    private static final Set<String> LEFT_OUT =
            Set.of("alias", "schema", "database", "tags", "group");

    /** All that counts of a test. */
    private static final List<String> OF_TESTS =
            List.of(
                    "severity",
                    "where",
                    "limit",
                    "fail_calc",
                    "warn_if",
                    "error_if",
                    "store_failures",
                    "store_failures_as");

    private static final Set<String> HOOKS = Set.of("pre-hook", "post-hook");

    /** Settings that not every version of dbt writes down, with what they are without it. */
    private static final Map<String, Object> DEFAULTS =
            Map.of(
                    "access",
                    "protected",
                    "lookback",
                    1,
                    "delimiter",
                    ",",
                    "on_schema_change",
                    "ignore",
                    "on_configuration_change",
                    "apply",
                    "enabled",
                    true,
                    "docs",
                    Map.of("show", true),
                    "contract",
                    Map.of("enforced", false, "alias_types", true));

    private final NodeSettings now;
    private final NodeSettings before;

    SettingsComparison(NodeSettings now, NodeSettings before) {
        this.now = now;
        this.before = before;
    }

    boolean same(ResourceType type) {
        if (type == ResourceType.TEST) {
            return OF_TESTS.stream().allMatch(this::same);
        }
        Set<String> names = new TreeSet<>(now.all().keySet());
        names.addAll(before.all().keySet());
        names.removeAll(LEFT_OUT);
        return names.stream().allMatch(this::same);
    }

    /** Whether it is to be built under the same name, as far as settings say so. */
    boolean sameRelation() {
        return same("database") && same("schema") && same("alias");
    }

    private boolean same(String name) {
        return value(now, name).equals(value(before, name));
    }

    private static Object value(NodeSettings settings, String name) {
        if (HOOKS.contains(name)) {
            List<Hook> hooks = settings.hooks(name);
            return hooks.isEmpty() ? Values.normal(null) : hooks;
        }
        Object normal = Values.normal(withDefaults(settings, name));
        return name.equals("severity") ? String.valueOf(normal).toUpperCase(Locale.ROOT) : normal;
    }

    private static @Nullable Object withDefaults(NodeSettings settings, String name) {
        Object otherwise = DEFAULTS.get(name);
        if (!settings.has(name)) {
            return otherwise;
        }
        Object value = settings.get(name);
        if (otherwise instanceof Map<?, ?> defaults && value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> both = PreviousResource.mapOf(defaults);
            map.forEach((key, item) -> both.put(String.valueOf(key), item));
            return both;
        }
        return value;
    }
}
