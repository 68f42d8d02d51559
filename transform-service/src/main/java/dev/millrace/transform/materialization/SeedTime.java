package dev.millrace.transform.materialization;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.IsoFields;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dates and times as dbt reads them in seeds. */
final class SeedTime {

    private static final String YEAR = "(?<year>[0-9]{4})";
    private static final Pattern DATE =
            Pattern.compile(
                    "(\\d{4})-(1[0-2]|0[1-9]|[1-9])-(3[0-1]|[1-2]\\d|0[1-9]|[1-9]| [1-9])",
                    Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern DATE_TIME =
            Pattern.compile(
                    DATE.pattern()
                            + "\\s+(2[0-3]|[0-1]\\d|\\d):([0-5]\\d|\\d):(6[0-1]|[0-5]\\d|\\d)",
                    Pattern.UNICODE_CHARACTER_CLASS);

    /** The first that a date begins with is what it is; anything may follow. */
    private static final List<Pattern> ISO_DATES =
            patterns(
                    YEAR + "-(?<month>[0-9]{2})-(?<day>[0-9]{2})",
                    YEAR + "(?<month>[0-9]{2})(?<day>[0-9]{2})",
                    YEAR + "-W(?<week>[0-9]{2})-(?<day>[0-9])",
                    YEAR + "W(?<week>[0-9]{2})(?<day>[0-9])",
                    YEAR + "-(?<day>[0-9]{3})",
                    YEAR + "(?<day>[0-9]{3})",
                    YEAR + "-W(?<week>[0-9]{2})",
                    YEAR + "W(?<week>[0-9]{2})",
                    YEAR + "-(?<month>[0-9]{2})",
                    YEAR + "(?<month>[0-9]{2})",
                    YEAR,
                    "(?<century>[0-9]{2})");

    private static final String ZONE =
            "(?<zone>(?:Z|(?<sign>[+-])(?<zoneHour>[0-9]{2})(?::?(?<zoneMinute>[0-9]{2}))?)?)";
    private static final String HOUR = "T?(?<hour>[0-9]{2})";
    private static final String MINUTE = "(?<minute>[0-9]{2})";
    private static final String FRACTION = "(?<fraction>[,.][0-9]+)?";
    private static final List<Pattern> ISO_TIMES =
            patterns(
                    HOUR + ":" + MINUTE + ":(?<second>[0-9]{2})" + FRACTION + ZONE,
                    HOUR + MINUTE + "(?<second>[0-9]{2})" + FRACTION + ZONE,
                    HOUR + ":" + MINUTE + FRACTION + ZONE,
                    HOUR + MINUTE + FRACTION + ZONE,
                    HOUR + FRACTION + ZONE);

    private static final int SIXTY = 60;
    private static final int MICRO_DIGITS = 6;
    private static final int NANOS_PER_MICRO = 1000;
    private static final int MAX_YEAR = 9999;

    private SeedTime() {}

    private static List<Pattern> patterns(String... sources) {
        return java.util.Arrays.stream(sources).map(Pattern::compile).toList();
    }

    /** {@code %Y-%m-%d}; null if it is none. */
    static @Nullable LocalDate date(String text) {
        Matcher matcher = DATE.matcher(SeedText.strip(text));
        return matcher.matches() ? orNull(() -> ofGroups(matcher)) : null;
    }

    /** {@code %Y-%m-%d %H:%M:%S}; null if it is none. */
    static @Nullable LocalDateTime dateTime(String text) {
        Matcher matcher = DATE_TIME.matcher(SeedText.strip(text));
        return matcher.matches()
                ? orNull(
                        () ->
                                ofGroups(matcher)
                                        .atTime(
                                                number(matcher.group(4)),
                                                number(matcher.group(5)),
                                                number(matcher.group(6))))
                : null;
    }

    private static LocalDate ofGroups(Matcher matcher) {
        return checked(
                LocalDate.of(
                        number(matcher.group(1)),
                        number(matcher.group(2)),
                        number(matcher.group(3).strip())));
    }

    /** Digits of any script. */
    private static int number(String digits) {
        return Integer.parseInt(digits);
    }

    /**
     * A date and a time with a T between them, in any form of ISO 8601; one with a zone as it is in
     * UTC, which a session of dbt in UTC would store. Null if it is none.
     */
    static @Nullable LocalDateTime iso(String text) {
        String[] parts = SeedText.strip(text).split("T", -1);
        Matcher date = parts.length == 2 ? first(ISO_DATES, parts[0]) : null;
        Matcher time = date == null ? null : first(ISO_TIMES, parts[1]);
        return date == null || time == null
                ? null
                : orNull(
                        () -> {
                            LocalDateTime local = isoDate(date).atTime(isoTime(time));
                            LocalDateTime utc = local.minusSeconds(offset(time));
                            checked(utc.toLocalDate());
                            return utc;
                        });
    }

    private static @Nullable Matcher first(List<Pattern> patterns, String text) {
        for (Pattern pattern : patterns) {
            Matcher matcher = pattern.matcher(text);
            if (matcher.lookingAt()) {
                return matcher;
            }
        }
        return null;
    }

    private static LocalDate isoDate(Matcher matcher) {
        if (has(matcher, "century")) {
            return checked(LocalDate.of(part(matcher, "century", 0) * 100 + 1, 1, 1));
        }
        LocalDate newYear = checked(LocalDate.of(part(matcher, "year", 1), 1, 1));
        int day = part(matcher, "day", 1);
        if (has(matcher, "week")) {
            int first = newYear.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR) == 1 ? 1 : 0;
            return checked(
                    newYear.plusWeeks(part(matcher, "week", 1) - (long) first)
                            .plusDays(day - newYear.getDayOfWeek().getValue()));
        }
        if (has(matcher, "month")) {
            int month = part(matcher, "month", 1);
            return LocalDate.of(newYear.getYear(), month == 0 ? 1 : month, day);
        }
        return checked(newYear.plusDays(day - 1L));
    }

    /** The last part has the fraction: of the second, the minute or the hour. */
    private static LocalTime isoTime(Matcher matcher) {
        String fraction = has(matcher, "fraction") ? matcher.group("fraction") : ".0";
        BigDecimal rest = new BigDecimal("0" + fraction.replace(',', '.'));
        int minute = part(matcher, "minute", 0);
        int second = part(matcher, "second", 0);
        if (!has(matcher, "minute")) {
            rest = rest.multiply(BigDecimal.valueOf(SIXTY));
            minute = rest.intValue();
            rest = rest.remainder(BigDecimal.ONE);
        }
        if (!has(matcher, "second")) {
            rest = rest.multiply(BigDecimal.valueOf(SIXTY));
            second = rest.intValue();
            rest = rest.remainder(BigDecimal.ONE);
        }
        BigDecimal micros = rest.movePointRight(MICRO_DIGITS).setScale(0, RoundingMode.HALF_EVEN);
        int carry = micros.precision() > MICRO_DIGITS && has(matcher, "second") ? 1 : 0;
        return LocalTime.of(
                part(matcher, "hour", 0),
                minute,
                second + carry,
                carry == 1 ? 0 : micros.intValue() * NANOS_PER_MICRO);
    }

    private static long offset(Matcher matcher) {
        long minutes = part(matcher, "zoneHour", 0) * (long) SIXTY + part(matcher, "zoneMinute", 0);
        boolean behind = has(matcher, "sign") && matcher.group("sign").equals("-");
        return (behind ? -minutes : minutes) * SIXTY;
    }

    private static boolean has(Matcher matcher, String group) {
        return matcher.namedGroups().containsKey(group) && matcher.group(group) != null;
    }

    private static int part(Matcher matcher, String group, int otherwise) {
        return has(matcher, group) ? Integer.parseInt(matcher.group(group)) : otherwise;
    }

    private static LocalDate checked(LocalDate date) {
        if (date.getYear() < 1 || date.getYear() > MAX_YEAR) {
            throw new DateTimeException("not a year of Python's");
        }
        return date;
    }

    private static <T> @Nullable T orNull(java.util.function.Supplier<T> made) {
        try {
            return made.get();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
