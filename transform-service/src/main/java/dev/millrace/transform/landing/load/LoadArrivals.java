package dev.millrace.transform.landing.load;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a batch brings of loads. */
public final class LoadArrivals {

    private final SortedMap<Load, Arrived> byLoad = new TreeMap<>();

    /**
     * What it brings of one of them.
     *
     * @param records how many records that have a value
     * @param expected how many of those the load has; null if the batch does not tell
     */
    record Arrived(long records, @Nullable Long expected) {}

    /** Counts a record that has a value. */
    public void add(Load load) {
        byLoad.merge(
                load,
                new Arrived(1, null),
                (known, _) -> new Arrived(known.records() + 1, known.expected()));
    }

    /** Notes how many of those the load has; the last word counts. */
    public void expect(Load load, long expected) {
        byLoad.merge(
                load,
                new Arrived(0, expected),
                (known, _) -> new Arrived(known.records(), expected));
    }

    public boolean isEmpty() {
        return byLoad.isEmpty();
    }

    Map<Load, Arrived> byLoad() {
        return Collections.unmodifiableSortedMap(byLoad);
    }
}
