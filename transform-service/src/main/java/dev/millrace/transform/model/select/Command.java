package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.ResourceType;

import java.util.EnumSet;
import java.util.Set;

/** What is done with the nodes that are selected, which decides the kinds that count. */
public enum Command {
    RUN(ResourceType.MODEL),
    TEST(ResourceType.TEST, ResourceType.UNIT_TEST),
    BUILD(
            ResourceType.MODEL,
            ResourceType.SEED,
            ResourceType.SNAPSHOT,
            ResourceType.TEST,
            ResourceType.UNIT_TEST),
    SEED(ResourceType.SEED),
    SNAPSHOT(ResourceType.SNAPSHOT),
    COMPILE(
            ResourceType.MODEL,
            ResourceType.SEED,
            ResourceType.SNAPSHOT,
            ResourceType.TEST,
            ResourceType.ANALYSIS,
            ResourceType.OPERATION),
    LS(
            ResourceType.MODEL,
            ResourceType.SEED,
            ResourceType.SNAPSHOT,
            ResourceType.TEST,
            ResourceType.UNIT_TEST,
            ResourceType.SOURCE,
            ResourceType.EXPOSURE,
            ResourceType.METRIC,
            ResourceType.SEMANTIC_MODEL,
            ResourceType.SAVED_QUERY),
    SOURCE_FRESHNESS(ResourceType.SOURCE);

    @SuppressWarnings("ImmutableEnumChecker") // Nobody changes what its constructor makes.
    private final Set<ResourceType> types;

    Command(ResourceType first, ResourceType... others) {
        this.types = EnumSet.of(first, others);
    }

    /** The kinds that count unless the user names others. */
    Set<ResourceType> types() {
        return types;
    }

    /** The kinds that may be asked for. */
    Set<ResourceType> offered() {
        Set<ResourceType> offered = EnumSet.copyOf(types);
        if (this == LS) {
            offered.add(ResourceType.ANALYSIS);
        }
        return offered;
    }

    /** Whether it changes the warehouse, where an ephemeral model is nothing. */
    boolean builds() {
        return this == RUN || this == BUILD;
    }

    /** Whether a file without code counts. */
    boolean countsEmpty() {
        return this == LS;
    }
}
