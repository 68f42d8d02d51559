package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.manifest.NodeSettings;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code config(…)}, {@code config.get(…)} and their kin.
 *
 * @param settings the node's settings; null while they are being found out
 */
record ConfigObject(References references, @Nullable NodeSettings settings)
        implements Invocable, HasAttributes {

    @Override
    public Object call(Arguments arguments) {
        Map<String, Object> given = new LinkedHashMap<>();
        for (Object positional : arguments.positional()) {
            if (!(positional instanceof Map<?, ?> map)) {
                throw new JinjaException("config() takes name=value, or a dict");
            }
            map.forEach((key, value) -> given.put(Values.text(key), value));
        }
        given.putAll(arguments.keywords());
        references.configure(given);
        return "";
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "get" -> (Invocable) this::get;
            case "require" -> (Invocable) this::require;
            case "set" ->
                    (Invocable)
                            arguments -> {
                                Arguments.Bound bound = arguments.bind(name, "name", "value");
                                references.configure(
                                        Map.of(bound.text("name"), bound.get("value")));
                                return "";
                            };
            case "persist_relation_docs" -> (Invocable) arguments -> persists("relation");
            case "persist_column_docs" -> (Invocable) arguments -> persists("columns");
            case "model" -> None.NONE;
            default ->
                    settings == null || !settings.has(name) ? null : Values.of(settings.get(name));
        };
    }

    private Object get(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("config.get", "name", "default", "validator");
        String name = bound.text("name");
        if (settings == null) {
            return "";
        }
        String key = SettingNames.canonical(name);
        if (key.equals(SnapshotColumns.NAME) && settings.has(SnapshotColumns.SETTING)) {
            return Values.of(SnapshotColumns.of(settings));
        }
        return settings.has(key) ? Values.of(settings.get(key)) : bound.get("default", None.NONE);
    }

    private Object require(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("config.require", "name", "validator");
        String name = bound.text("name");
        if (settings == null) {
            return "";
        }
        Object value = settings.get(SettingNames.canonical(name));
        if (value == null) {
            throw new JinjaException("the setting '" + name + "' is required here");
        }
        return Values.of(value);
    }

    private boolean persists(String what) {
        return settings != null && Boolean.TRUE.equals(settings.map("persist_docs").get(what));
    }
}
