package dev.millrace.ingestion.payload;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 in hexadecimal: equal values stay equal, and nobody without the key can guess. */
public final class KeyedHash {

    private static final String ALGORITHM = "HmacSHA256";

    private final Mac prepared;

    public KeyedHash(String key) {
        try {
            prepared = Mac.getInstance(ALGORITHM);
            prepared.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    String of(String value) {
        return of(value.getBytes(StandardCharsets.UTF_8));
    }

    String of(byte[] bytes) {
        try {
            // A copy, as the prepared one is shared between threads.
            Mac mac = (Mac) prepared.clone();
            return HexFormat.of().formatHex(mac.doFinal(bytes));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the Java platform's own " + ALGORITHM + " clones", e);
        }
    }
}
