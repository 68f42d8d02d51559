package dev.millrace.transform.model;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.dbt.ConfigValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Gathers the settings of a node, from the most general to its own. The later wins, but tags and
 * hooks add up, and {@code meta} and {@code grants} are merged.
 */
final class Settings {

    private static final Set<String> ADD_UP = Set.of("tags", "pre_hook", "post_hook");
    private static final Set<String> MERGED = Set.of("meta", "grants", "persist_docs");

    private final Position position;
    private final Problems problems;
    private final UnaryOperator<Object> rendering;
    private final Map<String, Object> all = new LinkedHashMap<>();
    private final Map<String, Position> positions = new LinkedHashMap<>();

    /**
     * @param position where mistakes are reported that have no better place
     * @param rendering turns text with Jinja in it into its value
     */
    Settings(Position position, Problems problems, UnaryOperator<Object> rendering) {
        this.position = position;
        this.problems = problems;
        this.rendering = rendering;
    }

    void addAll(Map<String, ConfigValue> settings) {
        settings.forEach(
                (name, value) -> add(name, rendered(name, value.value()), value.position()));
    }

    void add(String name, Object value, Position at) {
        positions.put(name, at);
        all.merge(
                name,
                ADD_UP.contains(name) ? list(value) : value,
                (earlier, later) -> {
                    if (ADD_UP.contains(name)) {
                        List<Object> both = new ArrayList<>(list(earlier));
                        both.addAll(list(later));
                        return both;
                    }
                    if (MERGED.contains(name)
                            && earlier instanceof Map<?, ?> a
                            && later instanceof Map<?, ?> b) {
                        Map<Object, Object> both = new LinkedHashMap<>(a);
                        both.putAll(b);
                        return both;
                    }
                    return later;
                });
    }

    /** Hooks keep their Jinja, which is for when they run. */
    private Object rendered(String name, Object value) {
        return name.endsWith("_hook") ? value : rendering.apply(value);
    }

    private static List<Object> list(Object value) {
        return value instanceof Collection<?> several
                ? new ArrayList<>(several)
                : new ArrayList<>(List.of(value));
    }

    @Nullable String text(String name) {
        Object value = all.get(name);
        return value == null ? null : String.valueOf(value);
    }

    Node.Settings settings(boolean seed) {
        Materialized materialized = seed ? Materialized.SEED : materialized();
        rejectWhatIsNotOffered();
        Set<String> tags = new LinkedHashSet<>();
        list(all.getOrDefault("tags", List.of())).forEach(tag -> tags.add(String.valueOf(tag)));
        return new Node.Settings(
                materialized,
                flag("enabled", true),
                List.copyOf(tags),
                hooks("pre_hook"),
                hooks("post_hook"),
                all);
    }

    private Materialized materialized() {
        String name = text("materialized");
        if (name == null) {
            return Materialized.VIEW;
        }
        return Materialized.named(name)
                .orElseGet(
                        () -> {
                            reject(
                                    "materialized",
                                    Materialized.NOT_OFFERED.contains(name)
                                            ? "'"
                                                    + name
                                                    + "' models are not offered by this version;"
                                                    + " offered are: "
                                                    + String.join(", ", Materialized.OFFERED)
                                            : "'"
                                                    + name
                                                    + "' is no materialization"
                                                    + NearestName.hint(name, Materialized.OFFERED));
                            return Materialized.VIEW;
                        });
    }

    private void rejectWhatIsNotOffered() {
        if (all.get("contract") instanceof Map<?, ?> contract
                && Boolean.TRUE.equals(contract.get("enforced"))) {
            reject("contract", "enforced contracts are not offered by this version");
        }
        if (all.containsKey("sql_header")) {
            reject("sql_header", "'sql_header' is not offered by this version; use a pre-hook");
        }
    }

    private boolean flag(String name, boolean otherwise) {
        Object value = all.get(name);
        if (value == null) {
            return otherwise;
        }
        String text = String.valueOf(value).toLowerCase(Locale.ROOT);
        if (!text.equals("true") && !text.equals("false")) {
            reject(name, "'" + name + "' is true or false, not '" + value + "'");
        }
        return text.equals("true");
    }

    private List<Node.Hook> hooks(String name) {
        List<Node.Hook> hooks = new ArrayList<>();
        for (Object hook : list(all.getOrDefault(name, List.of()))) {
            Object sql = hook instanceof Map<?, ?> map ? map.get("sql") : hook;
            Object transaction = hook instanceof Map<?, ?> map ? map.get("transaction") : null;
            if (sql != null && !String.valueOf(sql).isBlank()) {
                boolean outside = "false".equalsIgnoreCase(String.valueOf(transaction));
                hooks.add(new Node.Hook(String.valueOf(sql), !outside));
            }
        }
        return hooks;
    }

    private void reject(String name, String message) {
        problems.add(positions.getOrDefault(name, position), message);
    }
}
