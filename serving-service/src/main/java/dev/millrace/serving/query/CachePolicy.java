package dev.millrace.serving.query;

import dev.millrace.serving.semantic.QueryException;

import java.util.Locale;

/** Whether a kept answer will do, by Cube's names. */
enum CachePolicy {
    /** If nothing that it was read from has changed. The one that holds if none is named. */
    MUST_REVALIDATE,
    /** If it is current; or, where reading it anew takes too long, if it was so of late. */
    STALE_IF_SLOW,
    /** If it was current of late; it is read anew for the next who asks. */
    STALE_WHILE_REVALIDATE,
    /** Never. */
    NO_CACHE;

    static CachePolicy named(String name) {
        for (CachePolicy policy : values()) {
            if (policy.wireName().equals(name)) {
                return policy;
            }
        }
        throw QueryException.format(
                "\"cache\" must be one of [stale-if-slow, stale-while-revalidate,"
                        + " must-revalidate, no-cache]");
    }

    private String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
