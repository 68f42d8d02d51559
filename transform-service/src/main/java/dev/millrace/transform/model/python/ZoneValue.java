package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Operand;

import org.jspecify.annotations.Nullable;

import java.time.LocalDateTime;

/**
 * Python's {@code tzinfo}. Each has one offset: a zone with summer time is one object for each of
 * its offsets, as pytz has it.
 */
sealed interface ZoneValue extends Operand, HasAttributes permits OffsetZone, PytzZone {

    /** Seconds that local time is ahead of UTC. */
    int offset();

    /** The zone's name in this time of the year; null if it has none. */
    @Nullable String abbreviation();

    /** What {@code dst()} gives: a timedelta, or None. */
    Object daylight();

    /** The local time of a moment in this zone, by whichever of its offsets holds then. */
    DateTimeValue at(LocalDateTime utc);

    @Override
    default @Nullable Object attribute(String name) {
        return switch (name) {
            case "utcoffset" ->
                    (Invocable)
                            arguments ->
                                    TimeDeltaValue.ofSeconds(Zones.at(this, arguments).offset());
            case "tzname" ->
                    (Invocable)
                            arguments -> {
                                String found = Zones.at(this, arguments).abbreviation();
                                return found == null ? None.NONE : found;
                            };
            case "dst" -> (Invocable) arguments -> Zones.at(this, arguments).daylight();
            case "fromutc" ->
                    (Invocable) arguments -> at(Zones.moment(arguments, "fromutc", "dt").local());
            default -> null;
        };
    }
}
