package dev.millrace.transform.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What becomes of a model's query. */
public enum Materialized {
    VIEW,
    TABLE,
    /** Nothing in the warehouse: it is written into the queries that refer to it. */
    EPHEMERAL,
    /** A table of the rows of a CSV file. */
    SEED;

    /** What dbt has beside these, and this version does not offer. */
    static final List<String> NOT_OFFERED =
            List.of("incremental", "materialized_view", "live", "snapshot", "test");

    /** The names that models may ask for. */
    static final List<String> OFFERED = List.of("view", "table", "ephemeral");

    static Optional<Materialized> named(String name) {
        return OFFERED.contains(name)
                ? Optional.of(valueOf(name.toUpperCase(Locale.ROOT)))
                : Optional.empty();
    }

    /** The name as projects write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
