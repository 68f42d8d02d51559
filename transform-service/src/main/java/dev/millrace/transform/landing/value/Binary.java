package dev.millrace.transform.landing.value;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Base64;

/** Bytes, which JSON carries as text in base64. */
public final class Binary {

    private final byte[] bytes;

    public Binary(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The bytes; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** The bytes in base64, as they stand in JSON. */
    @Override
    public String toString() {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Binary binary && Arrays.equals(bytes, binary.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
