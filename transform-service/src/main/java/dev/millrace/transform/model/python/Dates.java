package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.TupleValue;

import org.jspecify.annotations.Nullable;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;

/** What dates and datetimes have in common, in the years 1 to 9999 that Python has. */
final class Dates {

    private static final int MAX_YEAR = 9999;
    private static final int NANOS = 1000;
    private static final LocalDate BEFORE_FIRST = LocalDate.of(0, 12, 31);

    private Dates() {}

    static LocalDate date(int year, int month, int day) {
        try {
            return checked(LocalDate.of(year, month, day));
        } catch (DateTimeException e) {
            throw new JinjaException("there is no date %d-%02d-%02d".formatted(year, month, day));
        }
    }

    static LocalTime time(int hour, int minute, int second, int microsecond) {
        if (microsecond < 0 || microsecond >= TimeDeltaValue.SECOND) {
            throw new JinjaException("the microsecond must be in 0..999999, not " + microsecond);
        }
        try {
            return LocalTime.of(hour, minute, second, microsecond * NANOS);
        } catch (DateTimeException e) {
            throw new JinjaException(
                    "there is no time %d:%02d:%02d".formatted(hour, minute, second));
        }
    }

    static LocalDate checked(LocalDate date) {
        if (date.getYear() < 1 || date.getYear() > MAX_YEAR) {
            throw new JinjaException("the year " + date.getYear() + " is not in 1..9999");
        }
        return date;
    }

    static LocalDateTime checked(LocalDateTime moment) {
        checked(moment.toLocalDate());
        return moment;
    }

    static LocalDateTime plus(LocalDateTime moment, long micros) {
        return checked(moment.plus(micros, ChronoUnit.MICROS));
    }

    static LocalDate ofOrdinal(long ordinal) {
        return checked(BEFORE_FIRST.plusDays(Math.clamp(ordinal, -1, 10_000_000L)));
    }

    @SuppressWarnings("JavaLocalTimeGetNano") // Python has the seconds apart as well.
    static long micros(LocalTime time) {
        return time.getNano() / NANOS;
    }

    /** An attribute of a date; null if there is none of this name. */
    static @Nullable Object attribute(LocalDate date, String name) {
        return switch (name) {
            case "year" -> (long) date.getYear();
            case "month" -> (long) date.getMonthValue();
            case "day" -> (long) date.getDayOfMonth();
            case "weekday" -> constant(name, date.getDayOfWeek().getValue() - 1L);
            case "isoweekday" -> constant(name, (long) date.getDayOfWeek().getValue());
            case "toordinal" -> constant(name, BEFORE_FIRST.until(date, ChronoUnit.DAYS));
            case "isocalendar" -> constant(name, isoCalendar(date));
            default -> null;
        };
    }

    /** A method without parameters. */
    static Invocable constant(String name, Object value) {
        return arguments -> {
            arguments.bind(name);
            return value;
        };
    }

    private static TupleValue isoCalendar(LocalDate date) {
        return TupleValue.of(
                (long) date.get(IsoFields.WEEK_BASED_YEAR),
                (long) date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR),
                (long) date.getDayOfWeek().getValue());
    }

    static LocalDate replaced(LocalDate date, Arguments.Bound bound) {
        return date(
                bound.integer("year", date.getYear()),
                bound.integer("month", date.getMonthValue()),
                bound.integer("day", date.getDayOfMonth()));
    }

    static LocalTime replaced(LocalTime time, Arguments.Bound bound) {
        return time(
                bound.integer("hour", time.getHour()),
                bound.integer("minute", time.getMinute()),
                bound.integer("second", time.getSecond()),
                bound.integer("microsecond", (int) micros(time)));
    }
}
