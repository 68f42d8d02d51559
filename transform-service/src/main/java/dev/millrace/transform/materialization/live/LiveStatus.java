package dev.millrace.transform.materialization.live;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;

/**
 * How a live model is doing in this process.
 *
 * @param state what it is at
 * @param form how it is kept up to date, for people to read
 * @param message why it fails; null if it does not
 * @param behind how long the oldest change waits that it does not have
 * @param rounds how often it took changes in since it began here
 * @param appliedAt when it did so last
 */
record LiveStatus(
        String id,
        String relation,
        State state,
        String form,
        @Nullable String message,
        Duration behind,
        long rounds,
        @Nullable Instant appliedAt) {

    /** What a live model is at. */
    public enum State {
        /** Another process looks after it, or it has only begun. */
        WAITING,
        /** Its table is made anew; an old one stays until then. */
        BUILDING,
        /** It follows. */
        FOLLOWING,
        /** It is behind, and tries again and again. */
        FAILING
    }
}
