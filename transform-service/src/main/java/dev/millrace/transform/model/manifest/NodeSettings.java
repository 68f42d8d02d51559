package dev.millrace.transform.model.manifest;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A node's settings by dbt's names, with dbt's defaults for those that nobody gave. */
public final class NodeSettings {

    private final Map<String, @Nullable Object> values;

    /**
     * @param values every setting that the node's kind has, and those of the user's own
     */
    public NodeSettings(Map<String, @Nullable Object> values) {
        this.values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The same with another value of one. */
    public NodeSettings with(String name, @Nullable Object value) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(values);
        changed.put(name, value);
        return new NodeSettings(changed);
    }

    /** All of them; null where a setting of dbt's has no value. */
    public Map<String, @Nullable Object> all() {
        return values;
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public @Nullable Object get(String name) {
        return values.get(name);
    }

    /** A setting as text; null if it has no value. */
    public @Nullable String text(String name) {
        Object value = values.get(name);
        return value == null ? null : String.valueOf(value);
    }

    public String text(String name, String otherwise) {
        String text = text(name);
        return text == null ? otherwise : text;
    }

    /** A setting that is true or false, whichever way it was written. */
    public boolean flag(String name, boolean otherwise) {
        Object value = values.get(name);
        return value == null ? otherwise : String.valueOf(value).equalsIgnoreCase("true");
    }

    /** A list; a single value counts as a list of itself. */
    public List<Object> list(String name) {
        return switch (values.get(name)) {
            case null -> List.of();
            case Collection<?> several -> {
                List<Object> items = new ArrayList<>();
                several.forEach(item -> items.add(item == null ? "" : item));
                yield items;
            }
            case Object single -> List.of(single);
        };
    }

    public List<String> texts(String name) {
        return list(name).stream().map(String::valueOf).toList();
    }

    /** A mapping; empty if the setting is none. */
    public Map<String, Object> map(String name) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (values.get(name) instanceof Map<?, ?> found) {
            found.forEach(
                    (key, value) -> {
                        if (value != null) {
                            map.put(String.valueOf(key), value);
                        }
                    });
        }
        return map;
    }

    public String materialized() {
        return text("materialized", "view");
    }

    public boolean enabled() {
        return flag("enabled", true);
    }

    public List<String> tags() {
        return texts("tags");
    }

    /** The statements of {@code pre-hook} or {@code post-hook}. */
    public List<Hook> hooks(String name) {
        List<Hook> hooks = new ArrayList<>();
        for (Object hook : list(name)) {
            if (hook instanceof Map<?, ?> map) {
                boolean outside = "false".equalsIgnoreCase(String.valueOf(map.get("transaction")));
                hooks.add(new Hook(String.valueOf(map.get("sql")), !outside));
            } else {
                hooks.add(Hook.of(String.valueOf(hook)));
            }
        }
        return hooks;
    }
}
