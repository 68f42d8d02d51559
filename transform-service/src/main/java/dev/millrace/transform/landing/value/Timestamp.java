package dev.millrace.transform.landing.value;

/**
 * A moment that came as text.
 *
 * @param micros microseconds since 1970
 * @param text as it came, for a column that holds text
 */
public record Timestamp(long micros, String text) implements Written {}
