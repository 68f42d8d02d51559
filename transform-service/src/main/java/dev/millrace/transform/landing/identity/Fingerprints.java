package dev.millrace.transform.landing.identity;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Identities as landing remembers them: 128 bits each, of which two never meet by chance. In the
 * order in which they were added.
 */
public final class Fingerprints {

    /** What one takes. */
    public static final int BYTES = 16;

    private static final int LONGS = 2;

    private long[] halves;
    private int size;

    public Fingerprints(int capacity) {
        this.halves = new long[Math.max(1, capacity) * LONGS];
    }

    static Fingerprints read(byte[] bytes) {
        LongBuffer longs = ByteBuffer.wrap(bytes).asLongBuffer();
        Fingerprints read = new Fingerprints(longs.remaining() / LONGS);
        read.size = longs.remaining() / LONGS;
        longs.get(read.halves, 0, read.size * LONGS);
        return read;
    }

    void add(long first, long second) {
        if (size * LONGS == halves.length) {
            halves = Arrays.copyOf(halves, halves.length * 2);
        }
        halves[size * LONGS] = first;
        halves[size * LONGS + 1] = second;
        size++;
    }

    void addAll(Fingerprints others) {
        for (int i = 0; i < others.size; i++) {
            add(others.first(i), others.second(i));
        }
    }

    public int size() {
        return size;
    }

    /** Its first 64 bits, by which it is put into buckets. */
    long first(int index) {
        return halves[index * LONGS];
    }

    long second(int index) {
        return halves[index * LONGS + 1];
    }

    /** Those at the places for which a test says yes, in the same order. */
    Fingerprints where(IntPredicate test) {
        Fingerprints chosen = new Fingerprints(size);
        for (int i = 0; i < size; i++) {
            if (test.test(i)) {
                chosen.add(first(i), second(i));
            }
        }
        return chosen;
    }

    byte[] bytes(int index) {
        return ByteBuffer.allocate(BYTES).putLong(first(index)).putLong(second(index)).array();
    }

    byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(size * BYTES);
        bytes.asLongBuffer().put(halves, 0, size * LONGS);
        return bytes.array();
    }

    /** The same in the order of their first bits; those with the same many bits in any order. */
    Fingerprints sorted() {
        long[] keys = new long[size];
        int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, size));
        for (int i = 0; i < size; i++) {
            // The first bits that matter, as if unsigned, and the place where the rest stands.
            keys[i] = ((first(i) >>> bits << bits) | i) ^ Long.MIN_VALUE;
        }
        Arrays.sort(keys);
        long mask = (1L << bits) - 1;
        Fingerprints sorted = new Fingerprints(size);
        for (long key : keys) {
            int at = (int) (key & mask);
            sorted.add(first(at), second(at));
        }
        return sorted;
    }
}
