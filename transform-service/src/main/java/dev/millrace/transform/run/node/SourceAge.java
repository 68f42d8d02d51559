package dev.millrace.transform.run.node;

import dev.millrace.transform.check.FreshnessVerdict;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;

/**
 * How old the newest row of a source table was.
 *
 * @param source id of the table
 * @param newest when that row was loaded; null if it could not be found out
 * @param askedAt the warehouse's time when it was asked
 * @param age null if it could not be found out
 * @param problem why it could not be found out; null if it could
 */
public record SourceAge(
        String source,
        FreshnessVerdict verdict,
        @Nullable Instant newest,
        @Nullable Instant askedAt,
        @Nullable Duration age,
        @Nullable String problem) {

    static SourceAge unknown(String source, String problem) {
        return new SourceAge(
                source,
                FreshnessVerdict.RUNTIME_ERROR,
                null,
                null,
                null,
                Shortened.to(NodeOutcome.MAX_MESSAGE, problem));
    }
}
