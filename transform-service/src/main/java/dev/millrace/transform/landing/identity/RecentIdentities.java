package dev.millrace.transform.landing.identity;

/** A set of fingerprints, exact: those that are in no segment yet. */
final class RecentIdentities {

    private static final int SMALLEST = 64;
    private static final int LONGS = 2;

    /** By open addressing; two zeros are an empty place. */
    private long[] table = new long[SMALLEST * LONGS];

    private int size;

    int size() {
        return size;
    }

    long bytes() {
        return (long) table.length * Long.BYTES;
    }

    boolean contains(long first, long second) {
        long[] places = table;
        long last = notZero(first, second);
        for (int at = place(first, places); ; at = next(at, places)) {
            if (places[at] == first && places[at + 1] == last) {
                return true;
            }
            if (places[at] == 0 && places[at + 1] == 0) {
                return false;
            }
        }
    }

    void addAll(Fingerprints added) {
        for (int i = 0; i < added.size(); i++) {
            add(added.first(i), added.second(i));
        }
    }

    private void add(long first, long second) {
        if (contains(first, second)) {
            return;
        }
        if (++size * LONGS * 2 > table.length) {
            long[] old = table;
            table = new long[old.length * 2];
            for (int i = 0; i < old.length; i += LONGS) {
                if (old[i] != 0 || old[i + 1] != 0) {
                    put(old[i], old[i + 1]);
                }
            }
        }
        put(first, notZero(first, second));
    }

    private void put(long first, long last) {
        int at = place(first, table);
        while (table[at] != 0 || table[at + 1] != 0) {
            at = next(at, table);
        }
        table[at] = first;
        table[at + 1] = last;
    }

    /** The one fingerprint that would be an empty place is another one. */
    private static long notZero(long first, long second) {
        return first == 0 && second == 0 ? 1 : second;
    }

    /** The length is a power of two, and fingerprints are as good as random. */
    private static int place(long first, long[] places) {
        return (int) first & (places.length - LONGS);
    }

    private static int next(int at, long[] places) {
        return (at + LONGS) & (places.length - 1);
    }
}
