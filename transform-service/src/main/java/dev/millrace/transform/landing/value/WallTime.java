package dev.millrace.transform.landing.value;

/**
 * A date and time as a clock on a wall shows it: without a zone, and so no moment.
 *
 * @param micros microseconds since 1970 if the clock shows UTC
 * @param text as it came, for a column that holds text
 */
public record WallTime(long micros, String text) implements Written {}
