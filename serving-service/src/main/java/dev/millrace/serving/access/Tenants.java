package dev.millrace.serving.access;

import java.util.Set;

/** Whose rows somebody may see. */
public sealed interface Tenants {

    /** Nobody's, but what belongs to no tenant because its table has none. */
    Tenants NONE = new Named(Set.of());

    /** Everybody's. */
    record All() implements Tenants {}

    /** Those of these tenants. */
    record Named(Set<String> names) implements Tenants {
        public Named {
            names = Set.copyOf(names);
        }
    }
}
