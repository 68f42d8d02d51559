package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.None;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.List;

/** Lists in settings, where a single value may stand for a list of itself. */
final class Items {

    private Items() {}

    static Collection<?> of(@Nullable Object value) {
        return switch (value) {
            case null -> List.of();
            case None none -> List.of();
            case Collection<?> several -> several;
            default -> List.of(value);
        };
    }
}
