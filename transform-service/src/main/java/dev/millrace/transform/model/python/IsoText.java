package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.JinjaException;

import org.jspecify.annotations.Nullable;

import java.time.LocalTime;

/** How {@code isoformat()} and {@code repr()} write times. */
final class IsoText {

    private static final int MICROS_PER_MILLI = 1000;

    private IsoText() {}

    static String of(LocalTime time, String timespec) {
        long micros = Dates.micros(time);
        return switch (timespec) {
            case "auto" -> of(time, micros == 0 ? "seconds" : "microseconds");
            case "hours" -> "%02d".formatted(time.getHour());
            case "minutes" -> "%02d:%02d".formatted(time.getHour(), time.getMinute());
            case "seconds" -> of(time, "minutes") + ":%02d".formatted(time.getSecond());
            case "milliseconds" ->
                    of(time, "seconds") + ".%03d".formatted(micros / MICROS_PER_MILLI);
            case "microseconds" -> of(time, "seconds") + ".%06d".formatted(micros);
            default ->
                    throw new JinjaException(
                            "isoformat(): the timespec '"
                                    + timespec
                                    + "' is none of auto, hours, minutes, seconds, milliseconds"
                                    + " and microseconds");
        };
    }

    /** The offset of a zone; nothing without one. */
    static String of(@Nullable ZoneValue zone) {
        return zone == null ? "" : Zones.written(zone.offset(), ":");
    }

    /** The arguments that make a time: hour and minute, and what else is not zero. */
    static String clock(LocalTime time) {
        long micros = Dates.micros(time);
        String text = time.getHour() + ", " + time.getMinute();
        if (time.getSecond() != 0 || micros != 0) {
            text += ", " + time.getSecond();
        }
        return micros == 0 ? text : text + ", " + micros;
    }
}
