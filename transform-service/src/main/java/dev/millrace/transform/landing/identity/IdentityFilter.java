package dev.millrace.transform.landing.identity;

import java.nio.ByteBuffer;

/**
 * Tells of most fingerprints that are not in a set that they are not: a split block Bloom filter,
 * as Apache Parquet specifies it (BloomFilter.md), of 16 bits for each member, which errs for about
 * one in a thousand others. Testing touches one line of the processor's cache. It is kept in parts.
 */
final class IdentityFilter {

    private static final int BITS_PER_MEMBER = 16;
    private static final int WORDS = 8;
    private static final int BLOCK_BITS = WORDS * Integer.SIZE;
    private static final int BLOCK_BYTES = WORDS * Integer.BYTES;

    /** Parquet's odd constants, which pick a bit in each word of a block. */
    private static final int[] SALT = {
        0x47b6137b,
        0x44974d91,
        0x8824ad5b,
        0xa2b7289d,
        0x705495c7,
        0x2df1424b,
        0x9efc4947,
        0x5c6bfb31
    };

    /** Bytes of each part but the last. */
    static final int PART = 1 << 20;

    private final ByteBuffer words;
    private final int blocks;

    private IdentityFilter(int bytes) {
        this.words = FilterMemory.allocate(bytes);
        this.blocks = bytes / BLOCK_BYTES;
    }

    /** An empty one with room for so many members. */
    static IdentityFilter of(long members) {
        long blocks = Math.max(1, (members * BITS_PER_MEMBER + BLOCK_BITS - 1) / BLOCK_BITS);
        return ofBytes(Math.toIntExact(blocks * BLOCK_BYTES));
    }

    /** One of a known size, into which its parts are put. */
    static IdentityFilter ofBytes(int bytes) {
        return new IdentityFilter(bytes);
    }

    int bytes() {
        return words.capacity();
    }

    int parts() {
        return (bytes() + PART - 1) / PART;
    }

    byte[] part(int number) {
        int begin = number * PART;
        byte[] part = new byte[Math.min(PART, bytes() - begin)];
        words.get(begin, part);
        return part;
    }

    void put(int number, byte[] part) {
        words.put(number * PART, part);
    }

    void add(long second) {
        int block = block(second);
        int key = (int) second;
        for (int i = 0; i < WORDS; i++) {
            int at = block + i * Integer.BYTES;
            words.putInt(at, words.getInt(at) | bit(key, i));
        }
    }

    /** Whether it may be a member: no is certain. */
    boolean mayContain(long second) {
        int block = block(second);
        int key = (int) second;
        for (int i = 0; i < WORDS; i++) {
            if ((words.getInt(block + i * Integer.BYTES) & bit(key, i)) == 0) {
                return false;
            }
        }
        return true;
    }

    private static int bit(int key, int word) {
        int fiveBits = (key * SALT[word]) >>> 27;
        return 1 << fiveBits;
    }

    /** Where the block of a member begins. */
    private int block(long second) {
        long high = second >>> Integer.SIZE;
        return (int) ((high * blocks) >>> Integer.SIZE) * BLOCK_BYTES;
    }
}
