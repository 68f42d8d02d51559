package dev.millrace.contracts.event;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * Somebody follows the changes of a relation, which are to be written down until then. Topic {@code
 * millrace.feeds}, key {@link #relation()}; only the latest of a key counts, and none after a
 * record without a value.
 *
 * @param relation schema and name, unquoted, joined by a dot
 * @param until when that ends, unless it is told anew
 */
public record FeedWanted(String relation, Instant until) {

    public FeedWanted {
        requireNonNull(relation, "relation");
        requireNonNull(until, "until");
    }
}
