package dev.millrace.ingestion.tracking;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many requests a second each source may have, as a bucket that holds those of one second. A
 * write key stands in every page and app, so that whoever finds it can send: they shall not take
 * the service from the other sources.
 */
final class RequestPace {

    private final int perSecond;
    private final Clock clock;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

    /** At most so many a second; 0 is no limit. */
    RequestPace(int perSecond, Clock clock) {
        this.perSecond = perSecond;
        this.clock = clock;
    }

    /** Whether a request of a source of the project may go on now. */
    boolean take(String source) {
        return perSecond == 0 || buckets.computeIfAbsent(source, name -> new Bucket()).take();
    }

    private final class Bucket {

        private double left = perSecond;
        private Instant filledAt = clock.instant();

        synchronized boolean take() {
            Instant now = clock.instant();
            if (now.isAfter(filledAt)) {
                double seconds = Duration.between(filledAt, now).toNanos() / 1e9;
                left = Math.min(perSecond, left + seconds * perSecond);
            }
            // Also when a clock was set back.
            filledAt = now;
            if (left < 1) {
                return false;
            }
            left--;
            return true;
        }
    }
}
