package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.HasAttributes;

import org.jspecify.annotations.Nullable;

import java.time.Clock;

/**
 * {@code modules}: the modules of Python that dbt gives to templates.
 *
 * @param clock what tells them the time
 */
public record PythonModules(Clock clock) implements HasAttributes {

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "datetime" -> new DateTimeModule(clock);
            case "pytz" -> new PytzModule();
            case "re" -> new PatternModule();
            case "itertools" -> new IteratorModule();
            default -> null;
        };
    }
}
