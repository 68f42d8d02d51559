package dev.millrace.serving.alert;

import dev.millrace.contracts.project.alert.Alert;
import dev.millrace.contracts.project.alert.BusinessCalendar;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** From one state of an instance to the next. Pure: the same goes for history that is replayed. */
final class Transitions {

    private Transitions() {}

    /** How an instance stands after a verdict. */
    static Instance next(Alert alert, Instance before, Verdict verdict, Instant now) {
        Instance seen =
                before.observed(
                        verdict.value(),
                        verdict.note(),
                        verdict.evidence(),
                        verdict.seen() ? now : before.seenAt());
        return switch (verdict.standing()) {
            case UNKNOWN -> seen;
            case WRONG -> wrong(alert, seen, verdict, now);
            case BETWEEN ->
                    switch (seen.state()) {
                        case FIRING -> seen.clear(null);
                        case PENDING -> seen.inactive(now);
                        case INACTIVE, RESOLVED -> seen;
                    };
            case CLEAR ->
                    switch (seen.state()) {
                        case FIRING -> clear(alert, seen, verdict, now);
                        case PENDING -> seen.inactive(now);
                        case INACTIVE, RESOLVED -> seen;
                    };
        };
    }

    private static Instance wrong(Alert alert, Instance seen, Verdict verdict, Instant now) {
        if (seen.state() == State.FIRING) {
            return seen.clear(null);
        }
        Instant from;
        Duration held;
        Duration told = verdict.wrongFor();
        if (told != null) {
            from = now.minus(told);
            held = told;
        } else {
            Instant pending = seen.pendingSince();
            from = pending == null ? now : pending;
            held = open(alert, from, now);
        }
        return held.compareTo(alert.holdFor()) >= 0
                ? seen.firing(from, now)
                : seen.pending(from, now);
    }

    private static Instance clear(Alert alert, Instance seen, Verdict verdict, Instant now) {
        Instant since = Optional.ofNullable(seen.clearSince()).orElse(now);
        Duration told = verdict.clearFor();
        Duration held = told == null ? open(alert, since, now) : told;
        return held.compareTo(alert.resolveFor()) >= 0
                ? seen.resolved(now, null)
                : seen.clear(since);
    }

    private static Duration open(Alert alert, Instant from, Instant now) {
        BusinessCalendar calendar = alert.calendar();
        return calendar == null ? Duration.between(from, now) : calendar.openTime(from, now);
    }

    /**
     * How an instance stands while the calendar is closed: nothing fires. What is pending by the
     * clock stays so, with the time that it has; what is pending by the data is found there again.
     */
    static Instance closed(Alert alert, Instance before, Instant now) {
        String why = "closed by the calendar";
        return switch (before.state()) {
            case FIRING -> before.resolved(now, why);
            case PENDING -> alert.isAligned() ? before.noted(why).inactive(now) : before.noted(why);
            case INACTIVE, RESOLVED -> before.noted(why);
        };
    }

    /** How an instance stands of which the alert knows nothing any more. */
    static Instance gone(Instance before, String why, Instant now) {
        return before.state() == State.FIRING
                ? before.resolved(now, why)
                : before.state() == State.PENDING ? before.inactive(now) : before;
    }
}
