package dev.millrace.contracts.project.alert;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * When a business is open, by the clocks on its walls: opening hours of the week in a time zone,
 * less days on which it is closed. A time that a zone's clocks show twice opens at the first and
 * closes at the second; one that they skip is the moment at which they do.
 */
public final class BusinessCalendar {

    private final OpeningHours hours;
    private final ZoneId zone;
    private final Set<LocalDate> closed;

    private record Interval(Instant from, Instant to) {}

    BusinessCalendar(OpeningHours hours, ZoneId zone, Set<LocalDate> closed) {
        this.hours = hours;
        this.zone = zone;
        this.closed = Set.copyOf(closed);
    }

    public boolean isOpen(Instant at) {
        return openTime(at, at.plusNanos(1)).isPositive();
    }

    /** For how long it is open between two moments. */
    public Duration openTime(Instant from, Instant to) {
        Duration open = Duration.ZERO;
        for (Interval interval : intervals(from, to)) {
            open = open.plus(Duration.between(interval.from(), interval.to()));
        }
        return open;
    }

    /** What is open between two moments, in order and apart from each other. */
    private List<Interval> intervals(Instant from, Instant to) {
        List<Interval> found = new ArrayList<>();
        if (!from.isBefore(to)) {
            return found;
        }
        // What began the day before yesterday may last until now: a span ends at 48:00 at most.
        LocalDate day = from.atZone(zone).toLocalDate().minusDays(2);
        LocalDate last = to.atZone(zone).toLocalDate();
        Instant reached = from;
        for (; !day.isAfter(last); day = day.plusDays(1)) {
            if (closed.contains(day)) {
                continue;
            }
            for (OpeningHours.Span span : hours.on(day.getDayOfWeek())) {
                Instant opens = max(opening(minute(day, span.from())), reached);
                Instant closes = min(closing(minute(day, span.to())), to);
                if (opens.isBefore(closes)) {
                    found.add(new Interval(opens, closes));
                    reached = closes;
                }
            }
        }
        return found;
    }

    private static LocalDateTime minute(LocalDate day, int minute) {
        return day.atStartOfDay().plusMinutes(minute);
    }

    private Instant opening(LocalDateTime local) {
        ZoneOffsetTransition change = zone.getRules().getTransition(local);
        return change != null && change.isGap()
                ? change.getInstant()
                : local.atZone(zone).toInstant();
    }

    private Instant closing(LocalDateTime local) {
        ZoneOffsetTransition change = zone.getRules().getTransition(local);
        if (change == null || change.isGap()) {
            return opening(local);
        }
        // The first of the times shown twice: what ends with it is over when it is shown first.
        return local.equals(change.getDateTimeAfter())
                ? opening(local)
                : local.atZone(zone).withLaterOffsetAtOverlap().toInstant();
    }

    private static Instant max(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Instant min(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** The whole of it, for those who describe it. */
    @Override
    public String toString() {
        return "BusinessCalendar[" + zone + "]";
    }
}
