package dev.millrace.transform.landing.value;

import org.jspecify.annotations.Nullable;

/**
 * A day of the calendar, without a time or a zone.
 *
 * @param epochDay days since 1970-01-01
 * @param text as it came, for a column that holds text
 */
public record Day(long epochDay, String text) implements Written {

    private static final int LENGTH = 10;

    /** An ISO 8601 calendar date in its extended form, of the years 1 to 9999: 2026-01-31. */
    public static @Nullable Day parse(String text) {
        if (text.length() != LENGTH || text.charAt(4) != '-' || text.charAt(7) != '-') {
            return null;
        }
        Long day = Times.epochDay(text);
        return day == null ? null : new Day(day, text);
    }
}
