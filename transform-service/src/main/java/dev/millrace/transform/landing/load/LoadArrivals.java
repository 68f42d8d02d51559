package dev.millrace.transform.landing.load;

import org.jspecify.annotations.Nullable;

import java.util.BitSet;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a batch brings of loads. */
public final class LoadArrivals {

    private final SortedMap<Load, Arrived> byLoad = new TreeMap<>();

    /** What it brings of one of them. */
    static final class Arrived {

        private final BitSet records = new BitSet();
        private @Nullable Long expected;

        /** Records that have a value, by their place in the batch. */
        BitSet records() {
            return records;
        }

        /** How many of those the load has; null if the batch does not tell. */
        @Nullable Long expected() {
            return expected;
        }
    }

    /** Notes a record that has a value. */
    public void add(Load load, int record) {
        arrived(load).records.set(record);
    }

    /** Notes how many of those the load has; the last word counts. */
    public void expect(Load load, long expected) {
        arrived(load).expected = expected;
    }

    private Arrived arrived(Load load) {
        return byLoad.computeIfAbsent(load, _ -> new Arrived());
    }

    SortedMap<Load, Arrived> byLoad() {
        return Collections.unmodifiableSortedMap(byLoad);
    }
}
