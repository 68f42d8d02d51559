package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code namespace()}: attributes that survive the scope they are set in. */
final class Namespace implements HasAttributes {

    private final Map<String, Object> attributes = new LinkedHashMap<>();

    @Override
    public @Nullable Object attribute(String name) {
        return attributes.get(name);
    }

    void set(String name, Object value) {
        attributes.put(name, value);
    }
}
