package dev.millrace.serving.query;

import java.time.Duration;
import java.time.Instant;

/**
 * Lengths of time of the same width, one after the other.
 *
 * @param from where the first begins
 * @param width an hour, a minute or a second
 */
public record Buckets(Instant from, Duration width, int count) {

    /** As many as there are to be, the last of which ends at this moment. */
    public static Buckets until(Instant end, Duration width, int count) {
        return new Buckets(end.minus(width.multipliedBy(count)), width, count);
    }

    /** Where the last ends. */
    public Instant end() {
        return start(count);
    }

    /** Where one of them begins; the first is 0. */
    public Instant start(int bucket) {
        return from.plus(width.multipliedBy(bucket));
    }

    /** Which one begins at this moment; negative, or not less than the count, if none does. */
    public int index(Instant start) {
        Duration distance = Duration.between(from, start);
        return distance.isNegative() ? -1 : Math.toIntExact(distance.dividedBy(width));
    }
}
