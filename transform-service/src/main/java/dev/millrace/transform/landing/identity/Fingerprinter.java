package dev.millrace.transform.landing.identity;

import dev.millrace.contracts.Sha256;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.BitSet;
import java.util.function.IntFunction;

/**
 * Makes fingerprints of identities: the first 128 bits of SHA-256, so that nobody can make up an
 * identity that has another one's. For one thread.
 */
public final class Fingerprinter {

    private static final int DIGEST_BYTES = 32;

    private final MessageDigest sha256 = Sha256.begin();
    private final byte[] digest = new byte[DIGEST_BYTES];
    private final ByteBuffer longs = ByteBuffer.wrap(digest);

    /**
     * Adds the fingerprints of identities, each once.
     *
     * @param identity the identity at a place
     * @return the places of those that were added, in the same order
     */
    public BitSet addDistinct(Fingerprints to, int size, IntFunction<String> identity) {
        FingerprintSet seen = new FingerprintSet(size);
        BitSet distinct = new BitSet(size);
        for (int i = 0; i < size; i++) {
            digest(identity.apply(i));
            long first = longs.getLong(0);
            long second = longs.getLong(Long.BYTES);
            if (seen.add(first, second)) {
                to.add(first, second);
                distinct.set(i);
            }
        }
        return distinct;
    }

    /** Adds an identity's fingerprint. */
    void add(Fingerprints to, String identity) {
        digest(identity);
        to.add(longs.getLong(0), longs.getLong(Long.BYTES));
    }

    private void digest(String identity) {
        sha256.update(identity.getBytes(StandardCharsets.UTF_8));
        try {
            sha256.digest(digest, 0, DIGEST_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
    }
}
