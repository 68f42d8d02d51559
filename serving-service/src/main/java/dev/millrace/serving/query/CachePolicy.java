package dev.millrace.serving.query;

import dev.millrace.serving.semantic.QueryException;

import java.util.Locale;

/** Whether a kept answer will do, by Cube's names. */
enum CachePolicy {
    /**
     * If nothing that it was read from has changed; what is read anew may come from a rollup that
     * is as old as the model lets it be. It has no name, and holds if none is named.
     */
    BY_MODEL,
    /** If nothing that it was read from has changed; nor is anything else old. */
    MUST_REVALIDATE,
    /** If it is current; or, where reading it anew takes too long, if it was so of late. */
    STALE_IF_SLOW,
    /** If it was current of late; it is read anew for the next who asks. */
    STALE_WHILE_REVALIDATE,
    /** Never. */
    NO_CACHE;

    static CachePolicy named(String name) {
        for (CachePolicy policy : values()) {
            if (policy != BY_MODEL && policy.wireName().equals(name)) {
                return policy;
            }
        }
        throw QueryException.format(
                "\"cache\" must be one of [stale-if-slow, stale-while-revalidate,"
                        + " must-revalidate, no-cache]");
    }

    /** Whether an answer that is kept, and current, is all that is wanted. */
    boolean takesWhatIsCurrent() {
        return this != NO_CACHE && this != STALE_WHILE_REVALIDATE;
    }

    /** Whether a rollup has to have all that the rows have that it was made of. */
    boolean isExact() {
        return this == MUST_REVALIDATE || this == NO_CACHE;
    }

    private String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
