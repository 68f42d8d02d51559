package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Json;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.SetValue;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The functions of dbt that depend on nothing but their arguments. */
final class TemplateFunctions {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private TemplateFunctions() {}

    static @Nullable Object find(String name) {
        return switch (name) {
            case "local_md5" ->
                    (Invocable) arguments -> Md5.of(arguments.bind(name, "value").text("value"));
            case "tojson" -> (Invocable) TemplateFunctions::toJson;
            case "fromjson" -> (Invocable) TemplateFunctions::fromJson;
            case "toyaml" -> (Invocable) TemplateFunctions::toYaml;
            case "fromyaml" -> (Invocable) TemplateFunctions::fromYaml;
            case "set" -> (Invocable) arguments -> distinct(name, arguments);
            case "set_strict" -> (Invocable) arguments -> distinct(name, arguments);
            case "zip_strict" -> null;
            case "diff_of_two_dicts" -> (Invocable) TemplateFunctions::difference;
            case "validation" -> (HasAttributes) key -> (Invocable) arguments -> None.NONE;
            case "doc" -> (Invocable) arguments -> "";
            default -> null;
        };
    }

    private static Object toJson(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("tojson", "value", "default", "sort_keys");
        try {
            return Json.write(sorted(bound.get("value"), bound.flag("sort_keys", false)));
        } catch (JinjaException e) {
            return bound.find("default").orElseThrow(() -> e);
        }
    }

    private static Object fromJson(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("fromjson", "string", "default");
        try {
            return Values.of(JSON.readValue(bound.text("string"), Object.class));
        } catch (JacksonException e) {
            return bound.get("default", None.NONE);
        }
    }

    private static Object toYaml(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("toyaml", "value", "default", "sort_keys");
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        Object value = sorted(bound.get("value"), bound.flag("sort_keys", false));
        return new Yaml(options).dump(Values.plain(value));
    }

    /** The same with the keys of all dicts in their order, if that is asked for. */
    private static Object sorted(Object value, boolean wanted) {
        return switch (value) {
            case Map<?, ?> map when wanted -> {
                Map<String, Object> keys = new TreeMap<>();
                map.forEach((key, item) -> keys.put(Values.text(key), sorted(item, true)));
                DictValue dict = new DictValue();
                keys.forEach(dict::put);
                yield dict;
            }
            case List<?> list when wanted -> {
                ListValue items = new ListValue();
                list.forEach(item -> items.add(sorted(item, true)));
                yield items;
            }
            default -> value;
        };
    }

    private static Object fromYaml(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("fromyaml", "value", "default");
        try {
            Object read =
                    new Yaml(new SafeConstructor(new LoaderOptions())).load(bound.text("value"));
            return Values.of(read);
        } catch (YAMLException e) {
            return bound.get("default", None.NONE);
        }
    }

    private static Object distinct(String name, Arguments arguments) {
        Object items = arguments.bind(name, "value", "default").get("value");
        Collection<Object> distinct = new LinkedHashSet<>();
        if (items instanceof Collection<?> several) {
            distinct.addAll(several);
        } else if (items instanceof Map<?, ?> map) {
            distinct.addAll(map.keySet());
        }
        return new SetValue(distinct);
    }

    /** What the first of two dicts of lists has and the second has not, whatever the case. */
    private static Object difference(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("diff_of_two_dicts", "dict_a", "dict_b");
        DictValue difference = new DictValue();
        if (bound.get("dict_a") instanceof Map<?, ?> first
                && bound.get("dict_b") instanceof Map<?, ?> second) {
            first.forEach(
                    (key, value) -> {
                        List<String> others = lower(find(second, Values.text(key)));
                        ListValue left = new ListValue();
                        for (Object item : Items.of(value)) {
                            if (!others.contains(
                                    Values.text(item).toLowerCase(java.util.Locale.ROOT))) {
                                left.add(item);
                            }
                        }
                        if (!left.isEmpty()) {
                            difference.put(key, left);
                        }
                    });
        }
        return difference;
    }

    private static @Nullable Object find(Map<?, ?> map, String name) {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (Values.text(entry.getKey()).equalsIgnoreCase(name)) {
                return entry.getValue();
            }
        }
        return null;
    }

    private static List<String> lower(@Nullable Object value) {
        return Items.of(value).stream()
                .map(item -> Values.text(item).toLowerCase(java.util.Locale.ROOT))
                .toList();
    }
}
