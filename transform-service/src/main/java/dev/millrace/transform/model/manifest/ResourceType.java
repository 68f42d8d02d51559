package dev.millrace.transform.model.manifest;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The kinds of things in a dbt project, by the words that ids and selections have for them. */
public enum ResourceType {
    MODEL,
    SEED,
    SNAPSHOT,
    TEST,
    UNIT_TEST,
    ANALYSIS,
    OPERATION,
    SOURCE,
    EXPOSURE,
    METRIC,
    SEMANTIC_MODEL,
    SAVED_QUERY;

    /** The type of a word such as {@code unit_test}. */
    public static Optional<ResourceType> named(String label) {
        return Arrays.stream(values()).filter(type -> type.label().equals(label)).findFirst();
    }

    /** The word, as it stands at the beginning of an id. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether other nodes may refer to it. */
    public boolean isReferable() {
        return this == MODEL || this == SEED || this == SNAPSHOT;
    }
}
