package dev.millrace.transform.landing.row;

import java.util.function.Supplier;

/**
 * What is known of a record before its value is read.
 *
 * @param record its place in the poll
 * @param id identity, asked for unless the value has the declared one
 * @param eventAt when it happened, unless the value has the declared time; microseconds since 1970
 * @param ingestedAt when it was taken; microseconds since 1970
 */
public record Arrival(int record, Supplier<String> id, long eventAt, long ingestedAt) {

    /** The same at another time. */
    public Arrival at(long time) {
        return new Arrival(record, id, time, ingestedAt);
    }
}
