package dev.millrace.transform.model.python;

import java.time.LocalDate;
import java.time.LocalTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's values of times as PostgreSQL writes them. */
public final class PythonTimes {

    private static final Pattern MOMENT =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?)(.*)");
    private static final Pattern TIME =
            Pattern.compile("(\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?)(.*)");
    private static final Pattern OFFSET =
            Pattern.compile("([-+])(\\d\\d)(?::(\\d\\d))?(?::(\\d\\d))?");
    private static final Pattern INTERVAL =
            Pattern.compile(
                    "(?:(-?\\d+) years? ?)?(?:(-?\\d+) mons? ?)?(?:(-?\\d+) days? ?)?"
                            + "(?:(-)?(\\d+):(\\d\\d):(\\d\\d)(?:\\.(\\d{1,6}))?)?");
    private static final int YEAR_DAYS = 365;
    private static final int MONTH_DAYS = 30;
    private static final int SIXTY = 60;
    private static final int MICRO_DIGITS = 6;

    private PythonTimes() {}

    /**
     * A {@code datetime}, with a zone if there is an offset.
     *
     * @throws IllegalArgumentException if Python has no such datetime, as for infinity
     */
    public static DateTimeValue timestamp(String text) {
        Matcher matcher = matcher(MOMENT, text);
        return new DateTimeValue(
                LocalDate.parse(matcher.group(1)).atTime(LocalTime.parse(matcher.group(2))),
                zone(matcher.group(3)));
    }

    /**
     * A {@code time}.
     *
     * @throws IllegalArgumentException if Python has no such time
     */
    public static Object time(String text) {
        Matcher matcher = matcher(TIME, text);
        return new TimeValue(LocalTime.parse(matcher.group(1)), zone(matcher.group(2)));
    }

    private static @org.jspecify.annotations.Nullable ZoneValue zone(String text) {
        if (text.isEmpty()) {
            return null;
        }
        Matcher matcher = matcher(OFFSET, text);
        long seconds =
                (number(matcher, 2) * SIXTY + number(matcher, 3)) * SIXTY + number(matcher, 4);
        return new OffsetZone((int) (matcher.group(1).equals("-") ? -seconds : seconds));
    }

    /**
     * A {@code timedelta}; a year has 365 days in it and a month 30.
     *
     * @throws IllegalArgumentException if it is written in another style than PostgreSQL's own
     */
    public static Object interval(String text) {
        Matcher matcher = matcher(INTERVAL, text);
        long days =
                number(matcher, 1) * YEAR_DAYS
                        + number(matcher, 2) * MONTH_DAYS
                        + number(matcher, 3);
        long seconds =
                (number(matcher, 5) * SIXTY + number(matcher, 6)) * SIXTY + number(matcher, 7);
        String fraction = matcher.group(8) == null ? "" : matcher.group(8);
        long micros =
                seconds * TimeDeltaValue.SECOND
                        + Long.parseLong(fraction + "0".repeat(MICRO_DIGITS - fraction.length()));
        return new TimeDeltaValue(
                days * TimeDeltaValue.DAY + (matcher.group(4) == null ? micros : -micros));
    }

    private static long number(Matcher matcher, int group) {
        return matcher.group(group) == null ? 0 : Long.parseLong(matcher.group(group));
    }

    private static Matcher matcher(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        return matcher;
    }
}
