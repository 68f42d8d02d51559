package dev.millrace.operations.audit;

import io.micrometer.core.instrument.Counter;

import java.time.Clock;

/**
 * How many refusals of unknown callers a minute are worth an entry. A scanner at the door must not
 * be able to fill the database; what is over is counted.
 */
final class RefusalBudget {

    static final int PER_MINUTE = 300;

    private final Clock clock;
    private final Counter dropped;
    private long minute;
    private int taken;

    RefusalBudget(Clock clock, Counter dropped) {
        this.clock = clock;
        this.dropped = dropped;
    }

    synchronized boolean take() {
        long now = clock.instant().getEpochSecond() / 60;
        if (now != minute) {
            minute = now;
            taken = 0;
        }
        if (taken < PER_MINUTE) {
            taken++;
            return true;
        }
        dropped.increment();
        return false;
    }
}
