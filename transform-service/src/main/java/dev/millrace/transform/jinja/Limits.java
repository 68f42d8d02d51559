package dev.millrace.transform.jinja;

import java.time.Duration;

/**
 * What one rendering may use up before it is stopped.
 *
 * @param steps expressions and statements evaluated
 * @param characters characters and list items made, whether or not they are printed
 * @param depth macros within macros
 * @param time how long it may take
 */
public record Limits(long steps, long characters, int depth, Duration time) {

    /** Far more than a SQL model needs. */
    public static final Limits DEFAULT =
            new Limits(20_000_000, 64_000_000, 150, Duration.ofSeconds(20));
}
