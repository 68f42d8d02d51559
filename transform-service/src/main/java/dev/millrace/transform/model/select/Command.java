package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.ResourceType;

import java.util.EnumSet;
import java.util.Set;

/** What is done with the nodes that are selected, which decides the kinds that count. */
public enum Command {
    RUN,
    TEST,
    BUILD,
    SEED,
    SNAPSHOT,
    COMPILE,
    LS,
    SOURCE_FRESHNESS;

    /** The kinds that count unless the user names others. */
    Set<ResourceType> types() {
        return switch (this) {
            case RUN -> EnumSet.of(ResourceType.MODEL);
            case TEST -> EnumSet.of(ResourceType.TEST, ResourceType.UNIT_TEST);
            case BUILD ->
                    EnumSet.of(
                            ResourceType.MODEL,
                            ResourceType.SEED,
                            ResourceType.SNAPSHOT,
                            ResourceType.TEST,
                            ResourceType.UNIT_TEST);
            case SEED -> EnumSet.of(ResourceType.SEED);
            case SNAPSHOT -> EnumSet.of(ResourceType.SNAPSHOT);
            case COMPILE ->
                    EnumSet.of(
                            ResourceType.MODEL,
                            ResourceType.SEED,
                            ResourceType.SNAPSHOT,
                            ResourceType.TEST,
                            ResourceType.ANALYSIS,
                            ResourceType.OPERATION);
            case LS ->
                    EnumSet.complementOf(EnumSet.of(ResourceType.ANALYSIS, ResourceType.OPERATION));
            case SOURCE_FRESHNESS -> EnumSet.of(ResourceType.SOURCE);
        };
    }

    /** The kinds that may be asked for. */
    Set<ResourceType> offered() {
        Set<ResourceType> offered = EnumSet.copyOf(types());
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
