package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.Map;

/** The names that a template finds without setting them. */
public interface Globals {

    /** The value of a name; null if there is none. A {@link MacroDefinition} becomes callable. */
    @Nullable Object find(String name);

    /** Every name, to suggest the nearest for one that is unknown. */
    Collection<String> names();

    /** What to do about a name that is unknown; empty if there is nothing to say. */
    default String advice(String name) {
        return "";
    }

    static Globals of(Map<String, ?> values) {
        return new Globals() {
            @Override
            public @Nullable Object find(String name) {
                return values.get(name);
            }

            @Override
            public Collection<String> names() {
                return values.keySet();
            }
        };
    }
}
