package dev.millrace.operations.audit;

import io.micrometer.core.instrument.Counter;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/**
 * How many refusals a minute are worth an entry: of unknown callers together, and of each operator.
 * Neither a scanner at the door nor a script with a token that is good for nothing must be able to
 * fill the database; what is over is counted.
 */
final class RefusalBudget {

    static final int PER_MINUTE = 300;
    static final int PER_MINUTE_AND_ACTOR = 60;

    private final Clock clock;
    private final Counter dropped;
    private final Map<String, Integer> takenByActors = new HashMap<>();
    private long minute;
    private int takenByStrangers;

    RefusalBudget(Clock clock, Counter dropped) {
        this.clock = clock;
        this.dropped = dropped;
    }

    /** Whether a refusal of this actor, or of nobody known, gets an entry. */
    synchronized boolean take(@Nullable Actor actor) {
        long now = clock.instant().getEpochSecond() / 60;
        if (now != minute) {
            minute = now;
            takenByStrangers = 0;
            takenByActors.clear();
        }
        boolean isWorthIt =
                actor == null
                        ? ++takenByStrangers <= PER_MINUTE
                        : takenByActors.merge(actor.name(), 1, Integer::sum)
                                <= PER_MINUTE_AND_ACTOR;
        if (!isWorthIt) {
            dropped.increment();
        }
        return isWorthIt;
    }
}
