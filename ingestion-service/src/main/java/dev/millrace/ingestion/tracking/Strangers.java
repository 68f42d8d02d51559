package dev.millrace.ingestion.tracking;

import dev.millrace.contracts.Sha256;
import dev.millrace.ingestion.source.DoorCounts;
import dev.millrace.ingestion.source.DoorCounts.TurnedAway;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Requests that name no source. Their callers may never hear of it, as Segment answers them 200, so
 * that whoever runs the service must: a mistyped key loses every event of an app.
 */
final class Strangers {

    private static final Logger log = LoggerFactory.getLogger(Strangers.class);

    private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);
    private static final int DIGITS = 8;

    private final DoorCounts counts;
    private final Clock clock;
    private Instant warnedAt = Instant.MIN;
    private long sinceThen;

    Strangers(DoorCounts counts, Clock clock) {
        this.counts = counts;
        this.clock = clock;
    }

    /** Counts a request by the key that it came with, and warns if the last warning is old. */
    void note(@Nullable String writeKey) {
        counts.countNobodys(writeKey == null ? TurnedAway.NO_KEY : TurnedAway.UNKNOWN_KEY);
        long requests = dueWarning();
        if (requests > 0) {
            log.warn(
                    "{} requests since the last such warning were for no source, and nothing of"
                            + " them was stored. The newest came with {}. Compare the keys of"
                            + " clients with those in sources/; GET /operator/doors counts on",
                    requests,
                    writeKey == null
                            ? "no write key"
                            : "a write key whose SHA-256 begins with "
                                    + Sha256.hex(writeKey).substring(0, DIGITS));
        }
    }

    private synchronized long dueWarning() {
        sinceThen++;
        Instant now = clock.instant();
        if (now.isBefore(warnedAt.plus(BETWEEN_WARNINGS))) {
            return 0;
        }
        long requests = sinceThen;
        warnedAt = now;
        sinceThen = 0;
        return requests;
    }
}
