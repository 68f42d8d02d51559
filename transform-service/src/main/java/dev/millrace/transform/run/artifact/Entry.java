package dev.millrace.transform.run.artifact;

import dev.millrace.transform.jinja.None;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A mapping of an artifact while it is put together, in the order of its keys. */
final class Entry {

    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();
    private final Map<?, ?> written;

    /**
     * @param written what the project says, by dbt's keys
     */
    Entry(Map<?, ?> written) {
        this.written = written;
    }

    Entry() {
        this(Map.of());
    }

    Entry put(String key, @Nullable Object value) {
        values.put(key, value);
        return this;
    }

    /** What is written at a key; null if nothing is. */
    Entry take(String... keys) {
        for (String key : keys) {
            values.put(key, at(written, key));
        }
        return this;
    }

    Entry takeOr(String key, Object otherwise) {
        Object value = at(written, key);
        return put(key, value == null ? otherwise : value);
    }

    /** Text, also where YAML reads a number. */
    Entry takeText(String... keys) {
        for (String key : keys) {
            Object value = at(written, key);
            values.put(key, value == null ? null : String.valueOf(value));
        }
        return this;
    }

    @Nullable Object written(String key) {
        return at(written, key);
    }

    Map<String, @Nullable Object> values() {
        return values;
    }

    static @Nullable Object at(Map<?, ?> map, String key) {
        Object value = map.get(key);
        return value == None.NONE ? null : value;
    }

    /** A mapping; empty if the value is none. */
    static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    /** A list; a single value counts as a list of itself. */
    static List<Object> list(@Nullable Object value) {
        List<Object> items = new ArrayList<>();
        if (value instanceof Collection<?> several) {
            several.forEach(
                    item -> {
                        if (item != null) {
                            items.add(item);
                        }
                    });
        } else if (value != null) {
            items.add(value);
        }
        return items;
    }
}
