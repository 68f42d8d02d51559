package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Operand;

import org.jspecify.annotations.Nullable;

import java.time.LocalDate;
import java.time.LocalTime;

/**
 * Python's {@code time}.
 *
 * @param time the same, of Java
 * @param zone its zone; null if it has none
 */
record TimeValue(LocalTime time, @Nullable ZoneValue zone) implements Operand, HasAttributes {

    private static final LocalDate SOME_DAY = LocalDate.of(1900, 1, 1);

    @Override
    public @Nullable Integer order(Object other) {
        if (!(other instanceof TimeValue right) || (zone == null) != (right.zone == null)) {
            return null;
        }
        return Long.compare(utc(), right.utc());
    }

    private long utc() {
        return time.toNanoOfDay() - (zone == null ? 0 : zone.offset() * 1_000_000_000L);
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "hour" -> (long) time.getHour();
            case "minute" -> (long) time.getMinute();
            case "second" -> (long) time.getSecond();
            case "microsecond" -> Dates.micros(time);
            case "tzinfo" -> zone == null ? None.NONE : zone;
            case "utcoffset", "tzname", "dst" ->
                    zone == null ? Dates.constant(name, None.NONE) : zone.attribute(name);
            case "isoformat" ->
                    (Invocable)
                            arguments ->
                                    IsoText.of(
                                                    time,
                                                    arguments
                                                            .bind(name, "timespec")
                                                            .text("timespec", "auto"))
                                            + IsoText.of(zone);
            case "strftime" ->
                    (Invocable) arguments -> format(arguments.bind(name, "format").text("format"));
            case "replace" -> (Invocable) this::replace;
            default -> null;
        };
    }

    private Object replace(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("replace", "hour", "minute", "second", "microsecond", "tzinfo");
        return new TimeValue(
                Dates.replaced(time, bound),
                bound.find("tzinfo").isEmpty() ? zone : Zones.zone(bound.get("tzinfo"), "replace"));
    }

    @Override
    public String format(String spec) {
        return new TimeFormat(SOME_DAY.atTime(time), zone).format(spec);
    }

    @Override
    public String typeName() {
        return "time";
    }

    @Override
    public String representation() {
        return "datetime.time("
                + IsoText.clock(time)
                + (zone == null ? ")" : ", tzinfo=" + zone.representation() + ")");
    }

    @Override
    public String toString() {
        return IsoText.of(time, "auto") + IsoText.of(zone);
    }
}
