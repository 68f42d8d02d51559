package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.JinjaException;

import org.jspecify.annotations.Nullable;

import java.time.LocalDate;
import java.time.LocalTime;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code fromisoformat} of dates, times and datetimes. */
final class IsoParse {

    private static final String DATE =
            "(?<year>\\d{4})(?:-(?<month>\\d\\d)-(?<day>\\d\\d)|(?<basicMonth>\\d\\d)(?<basicDay>\\d\\d)"
                + "|-?W(?<week>\\d\\d)(?:-?(?<weekday>[1-7]))?)";
    private static final String TIME =
            "(?<hour>\\d\\d)(?::?(?<minute>\\d\\d)(?::?(?<second>\\d\\d)(?:[.,](?<fraction>\\d+))?)?)?"
                + "(?<zone>Z|(?<sign>[-+])(?<zoneHour>\\d\\d)(?::?(?<zoneMinute>\\d\\d)"
                + "(?::?(?<zoneSecond>\\d\\d))?)?)?";
    private static final Pattern DATE_ONLY = Pattern.compile(DATE);
    private static final Pattern TIME_ONLY = Pattern.compile("T?" + TIME);
    private static final Pattern BOTH =
            Pattern.compile(DATE + "(?:." + TIME + ")?", Pattern.DOTALL);
    private static final int MICRO_DIGITS = 6;
    private static final int MINUTE = 60;

    private final Matcher matcher;

    private IsoParse(Pattern pattern, String text) {
        matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new JinjaException("'" + text + "' is not in the form of ISO 8601");
        }
    }

    static DateValue date(String text) {
        return new DateValue(new IsoParse(DATE_ONLY, text).date());
    }

    static TimeValue time(String text) {
        IsoParse parse = new IsoParse(TIME_ONLY, text);
        return new TimeValue(parse.time(), parse.zone());
    }

    static DateTimeValue dateTime(String text) {
        IsoParse parse = new IsoParse(BOTH, text);
        return parse.matcher.group("hour") == null
                ? new DateTimeValue(parse.date().atStartOfDay(), null)
                : new DateTimeValue(parse.date().atTime(parse.time()), parse.zone());
    }

    private LocalDate date() {
        int year = number("year", 1);
        if (matcher.group("week") != null) {
            int week = number("week", 1);
            LocalDate date = Dates.date(year, 1, 4);
            if (week < 1
                    || week > IsoFields.WEEK_OF_WEEK_BASED_YEAR.rangeRefinedBy(date).getMaximum()) {
                throw new JinjaException("the year " + year + " has no week " + week);
            }
            return Dates.checked(
                    date.with(IsoFields.WEEK_OF_WEEK_BASED_YEAR, week)
                            .with(ChronoField.DAY_OF_WEEK, number("weekday", 1)));
        }
        return Dates.date(
                year,
                number("month", number("basicMonth", 1)),
                number("day", number("basicDay", 1)));
    }

    private LocalTime time() {
        String fraction = matcher.group("fraction");
        String micros = fraction == null ? "0" : fraction;
        return Dates.time(
                number("hour", 0),
                number("minute", 0),
                number("second", 0),
                Integer.parseInt((micros + "000000").substring(0, MICRO_DIGITS)));
    }

    private @Nullable ZoneValue zone() {
        if (matcher.group("zone") == null) {
            return null;
        }
        int seconds =
                (number("zoneHour", 0) * MINUTE + number("zoneMinute", 0)) * MINUTE
                        + number("zoneSecond", 0);
        return new OffsetZone("-".equals(matcher.group("sign")) ? -seconds : seconds);
    }

    private int number(String group, int otherwise) {
        String digits = matcher.group(group);
        return digits == null ? otherwise : Integer.parseInt(digits);
    }
}
