package dev.millrace.serving.budget;

import java.time.Duration;
import java.util.Optional;

/** Lets through so many in the long run, and some more at once after a pause. */
final class TokenBucket {

    private static final double NANOS = 1e9;

    private double tokens;
    private long filledAt;

    TokenBucket(double size, long now) {
        this.tokens = size;
        this.filledAt = now;
    }

    /**
     * Takes one token; or else tells when there will be one.
     *
     * @param rate tokens a second
     * @param size how many there are at most
     * @param now by a clock of nanoseconds that never goes back
     */
    synchronized Optional<Duration> take(double rate, double size, long now) {
        tokens = Math.min(size, tokens + Math.max(0, now - filledAt) * rate / NANOS);
        filledAt = now;
        if (tokens >= 1) {
            tokens--;
            return Optional.empty();
        }
        return Optional.of(Duration.ofNanos((long) Math.ceil((1 - tokens) / rate * NANOS)));
    }
}
