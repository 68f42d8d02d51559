package dev.millrace.transform.landing.value;

/**
 * A time of some day.
 *
 * @param micros microseconds since midnight, up to and with the next one
 * @param text as it came, for a column that holds text
 */
public record TimeOfDay(long micros, String text) implements Written {}
