package dev.millrace.transform.model.parse;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Plain values of YAML, taken as what they should be. */
final class Yaml {

    private Yaml() {}

    /** A mapping; empty if the value is none. */
    static Map<String, Object> map(@Nullable Object value) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> found) {
            found.forEach(
                    (key, item) -> {
                        if (item != null) {
                            map.put(String.valueOf(key), item);
                        }
                    });
        }
        return map;
    }

    /** A mapping with the keys that have no value, which may take one away. */
    static Map<String, Object> withNulls(@Nullable Object value) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> found) {
            found.forEach((key, item) -> map.put(String.valueOf(key), item));
        }
        return map;
    }

    /** A list; a single value counts as a list of itself. */
    static List<Object> list(@Nullable Object value) {
        return switch (value) {
            case null -> List.of();
            case Collection<?> several -> {
                List<Object> items = new ArrayList<>();
                for (Object item : several) {
                    if (item != null) {
                        items.add(item);
                    }
                }
                yield items;
            }
            default -> List.of(value);
        };
    }

    static List<Map<String, Object>> maps(@Nullable Object value) {
        return list(value).stream().filter(Map.class::isInstance).map(Yaml::map).toList();
    }

    static List<String> texts(@Nullable Object value) {
        return list(value).stream().map(String::valueOf).toList();
    }

    static @Nullable String text(@Nullable Object value) {
        return value == null ? null : String.valueOf(value);
    }

    static String text(@Nullable Object value, String otherwise) {
        return value == null ? otherwise : String.valueOf(value);
    }

    static @Nullable Boolean flag(@Nullable Object value) {
        return value == null ? null : String.valueOf(value).equalsIgnoreCase("true");
    }
}
