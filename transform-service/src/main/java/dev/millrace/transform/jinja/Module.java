package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/** An imported template: the names it sets, and as text what it prints. */
final class Module implements HasAttributes {

    private final String template;
    private final Map<String, Object> names;
    private final String text;

    Module(String template, Map<String, Object> names, String text) {
        this.template = template;
        this.names = Map.copyOf(names);
        this.text = text;
    }

    String template() {
        return template;
    }

    @Override
    public @Nullable Object attribute(String name) {
        return names.get(name);
    }

    @Override
    public String toString() {
        return text;
    }
}
