package dev.millrace.transform.model;

import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** {@code run_started_at}: a moment in UTC that prints as Python's {@code datetime} does. */
record PythonTime(Instant instant) implements HasAttributes {

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "isoformat" -> (Invocable) arguments -> written("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxxx");
            case "strftime" ->
                    (Invocable)
                            arguments -> strftime(arguments.bind(name, "format").text("format"));
            case "year" -> (long) time().getYear();
            case "month" -> (long) time().getMonthValue();
            case "day" -> (long) time().getDayOfMonth();
            case "hour" -> (long) time().getHour();
            case "minute" -> (long) time().getMinute();
            case "second" -> (long) time().getSecond();
            default -> null;
        };
    }

    private String strftime(String format) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            if (format.charAt(i) != '%' || i + 1 == format.length()) {
                text.append(format.charAt(i));
                continue;
            }
            char code = format.charAt(++i);
            text.append(
                    switch (code) {
                        case 'Y' -> written("yyyy");
                        case 'm' -> written("MM");
                        case 'd' -> written("dd");
                        case 'H' -> written("HH");
                        case 'M' -> written("mm");
                        case 'S' -> written("ss");
                        case 'f' -> written("SSSSSS");
                        case 'j' -> written("DDD");
                        case 'y' -> written("yy");
                        case 'b' -> written("MMM");
                        case 'B' -> written("MMMM");
                        case 'z' -> "+0000";
                        case 'Z' -> "UTC";
                        case 's' -> Long.toString(instant.getEpochSecond());
                        case '%' -> "%";
                        default ->
                                throw new JinjaException(
                                        "strftime(): '%" + code + "' is not offered");
                    });
        }
        return text.toString();
    }

    private String written(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time());
    }

    private OffsetDateTime time() {
        return instant.atOffset(ZoneOffset.UTC);
    }

    @Override
    public String toString() {
        return written("yyyy-MM-dd HH:mm:ss.SSSSSSxxx");
    }
}
