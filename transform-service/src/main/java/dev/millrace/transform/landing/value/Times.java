package dev.millrace.transform.landing.value;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;

/** Moments as PostgreSQL keeps them: microseconds, here since 1970. */
public final class Times {

    /** 4714-11-24 BC, the first day that {@code timestamptz} holds. */
    public static final long MIN_MICROS = -210_866_803_200_000_000L;

    private static final long MICROS_PER_SECOND = 1_000_000L;
    private static final int MOST_DIGITS_OF_SECONDS = 13;
    private static final int NANOS_DIGITS = 9;
    private static final BigDecimal HALF = new BigDecimal("0.5");
    private static final int NANOS_PER_MICRO = 1_000;
    private static final DateTimeFormatter SQL =
            new DateTimeFormatterBuilder()
                    .appendValue(ChronoField.YEAR_OF_ERA, 4, 10, SignStyle.NEVER)
                    .appendPattern("-MM-dd HH:mm:ss.SSSSSSXXX ")
                    .appendText(ChronoField.ERA, Map.of(0L, "BC", 1L, "AD"))
                    .toFormatter(Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private Times() {}

    /**
     * The nearest microsecond, half a microsecond going up, as PostgreSQL rounds.
     *
     * @throws ArithmeticException if {@code timestamptz} does not reach so far
     */
    public static long micros(Instant instant) {
        long micros =
                Math.addExact(
                        Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND),
                        (instant.getNano() + NANOS_PER_MICRO / 2) / NANOS_PER_MICRO);
        return inRange(micros);
    }

    /**
     * The nearest microsecond to a number of seconds since 1970.
     *
     * @throws ArithmeticException if {@code timestamptz} does not reach so far
     */
    public static long micros(BigDecimal seconds) {
        int digitsBeforePoint = seconds.precision() - seconds.scale();
        if (digitsBeforePoint > MOST_DIGITS_OF_SECONDS) {
            throw new ArithmeticException("out of range for timestamptz: " + seconds);
        }
        if (digitsBeforePoint < -NANOS_DIGITS) {
            // Nothing that a microsecond shows; a million zeros after the point need no arithmetic.
            return 0;
        }
        return inRange(
                seconds.round(new MathContext(MOST_DIGITS_OF_SECONDS + NANOS_DIGITS))
                        .movePointRight(6)
                        .add(HALF)
                        .setScale(0, RoundingMode.FLOOR)
                        .longValueExact());
    }

    private static long inRange(long micros) {
        // Beyond the other end there is nothing: microseconds since 1970 do not get so far.
        if (micros < MIN_MICROS) {
            throw new ArithmeticException("out of range for timestamptz: " + micros);
        }
        return micros;
    }

    public static Instant instant(long micros) {
        return Instant.ofEpochSecond(
                Math.floorDiv(micros, MICROS_PER_SECOND),
                Math.floorMod(micros, MICROS_PER_SECOND) * NANOS_PER_MICRO);
    }

    /** As text that PostgreSQL reads as {@code timestamptz}. */
    public static String sql(long micros) {
        return SQL.format(instant(micros));
    }

    /**
     * A moment with its zone, as RFC 3339 and ISO 8601 write it: {@code
     * 2026-01-02T03:04:05.6+01:00}. A date alone, or a time without a zone, is no moment.
     */
    public static @Nullable Timestamp parse(String text) {
        int length = text.length();
        if (length < 17
                || length > 64
                || text.charAt(4) != '-'
                || text.charAt(7) != '-'
                || text.charAt(13) != ':') {
            return null;
        }
        char separator = text.charAt(10);
        if (separator != 'T' && separator != ' ' && separator != 't') {
            return null;
        }
        int year = digits(text, 0, 4);
        int month = digits(text, 5, 7);
        int day = digits(text, 8, 10);
        int hour = digits(text, 11, 13);
        int minute = digits(text, 14, 16);
        if (year < 1 || !isDate(year, month, day) || hour < 0 || hour > 23 || minute < 0) {
            return null;
        }
        int at = 16;
        int second = 0;
        long micros = 0;
        if (text.charAt(at) == ':') {
            second = length >= at + 3 ? digits(text, at + 1, at + 3) : -1;
            at += 3;
            if (at < length && (text.charAt(at) == '.' || text.charAt(at) == ',')) {
                int end = at + 1;
                while (end < length && isDigit(text.charAt(end))) {
                    end++;
                }
                if (end == at + 1) {
                    return null;
                }
                micros = fraction(text, at + 1, end);
                at = end;
            }
        }
        // 60 is a leap second, which PostgreSQL, too, takes for the next minute's first.
        if (minute > 59 || second < 0 || second > 60 || at >= length) {
            return null;
        }
        int offset = offsetSeconds(text, at);
        if (offset == Integer.MIN_VALUE) {
            return null;
        }
        long seconds =
                daysSince1970(year, month, day) * 86_400L
                        + hour * 3_600L
                        + minute * 60L
                        + second
                        - offset;
        return new Timestamp(seconds * MICROS_PER_SECOND + micros, text);
    }

    /** The day of a text that begins as {@code 2026-01-31}; null if there is no such day. */
    static @Nullable Long epochDay(String text) {
        int year = digits(text, 0, 4);
        int month = digits(text, 5, 7);
        int day = digits(text, 8, 10);
        return year < 1 || !isDate(year, month, day) ? null : daysSince1970(year, month, day);
    }

    private static long fraction(String text, int from, int to) {
        long micros = 0;
        for (int i = 0; i < 6; i++) {
            micros = micros * 10 + (from + i < to ? text.charAt(from + i) - '0' : 0);
        }
        return from + 6 < to && text.charAt(from + 6) >= '5' ? micros + 1 : micros;
    }

    private static int offsetSeconds(String text, int at) {
        char sign = text.charAt(at);
        int rest = text.length() - at - 1;
        if (sign == 'Z' || sign == 'z') {
            return rest == 0 ? 0 : Integer.MIN_VALUE;
        }
        if (sign != '+' && sign != '-') {
            return Integer.MIN_VALUE;
        }
        int hours = rest >= 2 ? digits(text, at + 1, at + 3) : -1;
        int minutes =
                switch (rest) {
                    case 2 -> 0;
                    case 4 -> digits(text, at + 3, at + 5);
                    case 5 -> text.charAt(at + 3) == ':' ? digits(text, at + 4, at + 6) : -1;
                    default -> -1;
                };
        // No zone was ever further from Greenwich than 15:13:42.
        if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59) {
            return Integer.MIN_VALUE;
        }
        int seconds = hours * 3_600 + minutes * 60;
        return sign == '+' ? seconds : -seconds;
    }

    private static boolean isDate(int year, int month, int day) {
        if (month < 1 || month > 12 || day < 1) {
            return false;
        }
        int days =
                switch (month) {
                    case 4, 6, 9, 11 -> 30;
                    case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
                    default -> 31;
                };
        return day <= days;
    }

    /**
     * Howard Hinnant's days_from_civil: years that begin in March have their odd day at the end.
     */
    private static long daysSince1970(int year, int month, int day) {
        long y = month <= 2 ? year - 1L : year;
        long era = Math.floorDiv(y, 400L);
        long yearOfEra = y - era * 400;
        long dayOfYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097 + dayOfEra - 719_468;
    }

    private static int digits(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!isDigit(c)) {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
