package dev.millrace.transform.landing.identity;

import java.nio.ByteBuffer;

/**
 * Tells of most fingerprints that are not in a set that they are not: a split block Bloom filter,
 * as Apache Parquet specifies it (BloomFilter.md), of 16 bits for each member, which errs for about
 * one in a thousand others. Testing touches one line of the processor's cache.
 */
final class IdentityFilter {

    private static final int BITS_PER_MEMBER = 16;
    private static final int WORDS = 8;
    private static final int BLOCK_BITS = WORDS * Integer.SIZE;

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

    private final int[] words;
    private final int blocks;

    private IdentityFilter(int[] words) {
        this.words = words;
        this.blocks = words.length / WORDS;
    }

    /** An empty one with room for so many members. */
    static IdentityFilter of(long members) {
        long blocks = Math.max(1, (members * BITS_PER_MEMBER + BLOCK_BITS - 1) / BLOCK_BITS);
        return new IdentityFilter(new int[Math.toIntExact(blocks * WORDS)]);
    }

    static IdentityFilter read(byte[] bytes) {
        int[] words = new int[bytes.length / Integer.BYTES];
        ByteBuffer.wrap(bytes).asIntBuffer().get(words);
        return new IdentityFilter(words);
    }

    byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * Integer.BYTES);
        bytes.asIntBuffer().put(words);
        return bytes.array();
    }

    long bytes() {
        return (long) words.length * Integer.BYTES;
    }

    void add(long second) {
        int block = block(second);
        int key = (int) second;
        for (int i = 0; i < WORDS; i++) {
            words[block + i] |= bit(key, i);
        }
    }

    /** Whether it may be a member: no is certain. */
    boolean mayContain(long second) {
        int block = block(second);
        int key = (int) second;
        for (int i = 0; i < WORDS; i++) {
            if ((words[block + i] & bit(key, i)) == 0) {
                return false;
            }
        }
        return true;
    }

    private static int bit(int key, int word) {
        int fiveBits = (key * SALT[word]) >>> 27;
        return 1 << fiveBits;
    }

    private int block(long second) {
        long high = second >>> Integer.SIZE;
        return (int) ((high * blocks) >>> Integer.SIZE) * WORDS;
    }
}
