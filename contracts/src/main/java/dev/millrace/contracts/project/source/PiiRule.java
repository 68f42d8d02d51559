package dev.millrace.contracts.project.source;

import java.util.List;

/**
 * What becomes of personal data before it reaches Kafka.
 *
 * @param path keys from the top of the payload down to the value
 * @param action what is done with the value there
 */
public record PiiRule(List<String> path, Action action) {

    public PiiRule {
        path = List.copyOf(path);
    }

    /** What is done with a value. */
    public enum Action {
        /**
         * Replaced by a keyed hash: equal values stay equal, and nobody without the key can guess.
         */
        HASH,
        /** Left out. */
        DROP,
        /** Replaced by asterisks. */
        MASK,
        /** Kept as it is, which overrides nothing but says that somebody decided so. */
        KEEP
    }
}
