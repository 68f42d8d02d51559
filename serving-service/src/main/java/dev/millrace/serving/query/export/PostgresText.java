package dev.millrace.serving.query.export;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;

/** Reads values as PostgreSQL writes them (in its ISO style). */
final class PostgresText {

    private static final long SECONDS_OF_DAY = 86_400;
    private static final long MICROS = 1_000_000;
    private static final String BEFORE_CHRIST = " BC";

    private PostgresText() {}

    static boolean bool(String text) {
        return text.equals("t");
    }

    /** The digits of a decimal without its point; null for what is no number. */
    static @Nullable BigInteger unscaled(String text, int scale) {
        return text.equals("NaN") || text.endsWith("Infinity")
                ? null
                : new BigDecimal(text).setScale(scale).unscaledValue();
    }

    /** The days since 1970; null for infinity. */
    static @Nullable Integer days(String text) {
        return isInfinite(text) ? null : Math.toIntExact(date(text, text.length()));
    }

    /** The microseconds since 1970; null for infinity, and where 64 bits do not reach. */
    static @Nullable Long micros(String text) {
        if (isInfinite(text)) {
            return null;
        }
        int blank = text.indexOf(' ');
        long seconds = date(text, blank) * SECONDS_OF_DAY;
        int hours = blank + 1;
        seconds += number(text, hours, hours + 2) * 3_600;
        seconds += number(text, hours + 3, hours + 5) * 60;
        seconds += number(text, hours + 6, hours + 8);
        int at = hours + 8;
        long micros = 0;
        if (at < text.length() && text.charAt(at) == '.') {
            long unit = MICROS / 10;
            for (at++; at < text.length() && isDigit(text.charAt(at)); at++) {
                micros += unit * (text.charAt(at) - '0');
                unit /= 10;
            }
        }
        seconds -= offset(text, at);
        try {
            return Math.addExact(Math.multiplyExact(seconds, MICROS), micros);
        } catch (ArithmeticException e) {
            return null;
        }
    }

    private static boolean isInfinite(String text) {
        return text.endsWith("infinity");
    }

    /** A date that ends at the position; whether it is before Christ stands at the text's end. */
    private static long date(String text, int end) {
        int dash = text.indexOf('-');
        int year = Math.toIntExact(number(text, 0, dash));
        int month = Math.toIntExact(number(text, dash + 1, dash + 3));
        int day = Math.toIntExact(number(text, dash + 4, Math.min(end, dash + 6)));
        // There is no year 0: it is 1 BC.
        return LocalDate.of(text.endsWith(BEFORE_CHRIST) ? 1 - year : year, month, day)
                .toEpochDay();
    }

    /** The seconds of a zone such as {@code +00}, {@code -03:30} or {@code +00:53:28}. */
    private static long offset(String text, int at) {
        if (at >= text.length() || (text.charAt(at) != '+' && text.charAt(at) != '-')) {
            return 0;
        }
        long seconds = number(text, at + 1, at + 3) * 3_600;
        if (at + 6 <= text.length() && text.charAt(at + 3) == ':') {
            seconds += number(text, at + 4, at + 6) * 60;
        }
        if (at + 9 <= text.length() && text.charAt(at + 6) == ':') {
            seconds += number(text, at + 7, at + 9);
        }
        return text.charAt(at) == '-' ? -seconds : seconds;
    }

    private static long number(String text, int from, int to) {
        return Long.parseLong(text, from, to, 10);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
