package dev.millrace.transform.landing.identity;

/**
 * A set of identities that does not change any more.
 *
 * @param bucketBits how many of a fingerprint's first bits number its bucket
 */
record Segment(long id, long identities, int bucketBits, IdentityFilter filter) {

    /** So many fingerprints of a bucket on average are kept within its row: 1 KB of at most 2. */
    private static final int MEAN = 64;

    private static final int MOST_BITS = 30;

    static int bucketBits(long identities) {
        long buckets = Math.max(0, identities - 1) / MEAN;
        return Math.min(MOST_BITS, Long.SIZE - Long.numberOfLeadingZeros(buckets));
    }

    int bucket(long first) {
        return bucket(first, bucketBits);
    }

    static int bucket(long first, int bits) {
        // Shifting by all 64 bits would shift by none.
        return bits == 0 ? 0 : (int) (first >>> (Long.SIZE - bits));
    }
}
