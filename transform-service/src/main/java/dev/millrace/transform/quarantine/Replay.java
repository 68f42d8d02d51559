package dev.millrace.transform.quarantine;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A job that lands records of the quarantine after all.
 *
 * @param filter which records, as it was given
 * @param patch JSON Patch that mends their values first
 * @param stream where they go instead of their own stream
 * @param limit of how many records at most
 * @param upToId records that came later do not belong to it
 * @param lastId all records up to this one are done
 * @param matched how many records there were when it was asked for
 */
public record Replay(
        long id,
        Map<String, String> filter,
        @Nullable String patch,
        @Nullable String stream,
        @Nullable Long limit,
        String askedBy,
        Instant askedAt,
        State state,
        long upToId,
        long lastId,
        long matched,
        Counts counts,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable String error) {

    /** Where a job is. */
    public enum State {
        QUEUED,
        RUNNING,
        DONE,
        FAILED,
        CANCELLED;

        /** How the database and answers write it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<State> of(String text) {
            return Arrays.stream(values()).filter(state -> state.text().equals(text)).findFirst();
        }
    }

    /**
     * What became of records.
     *
     * @param landed those of which at least one row is new
     * @param duplicates those whose rows were all there
     * @param leftOut those that the contract leaves out, or that have no value
     */
    public record Counts(long landed, long duplicates, long leftOut, long refusedAgain) {

        public long all() {
            return landed + duplicates + leftOut + refusedAgain;
        }
    }

    /** How many more records it may take. */
    public long left() {
        return limit == null ? Long.MAX_VALUE : Math.max(0, limit - counts.all());
    }
}
