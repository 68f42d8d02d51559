package dev.millrace.serving.access;

import org.jspecify.annotations.Nullable;

/**
 * Budgets of one key; where there is none, those of the settings hold.
 *
 * @param requestsPerSecond requests a second, in the long run; 0 is no limit
 * @param burst requests that may come at once
 * @param concurrentQueries queries that may run at once; 0 is no limit
 * @param rowsPerDay rows that answers of one day in UTC may have; 0 is no limit
 */
public record Limits(
        @Nullable Double requestsPerSecond,
        @Nullable Integer burst,
        @Nullable Integer concurrentQueries,
        @Nullable Long rowsPerDay) {

    /** Nothing of its own. */
    public static final Limits NONE = new Limits(null, null, null, null);
}
