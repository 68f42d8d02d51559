package dev.millrace.transform.landing.value;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** JSON text that PostgreSQL accepts as {@code jsonb}. */
public final class Json {

    private final byte[] utf8;

    Json(byte[] utf8) {
        this.utf8 = utf8;
    }

    /** JSON text from elsewhere, which is not checked. */
    public static Json of(String text) {
        return new Json(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The text; not to be changed. */
    public byte[] utf8() {
        return utf8;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Json json && Arrays.equals(utf8, json.utf8);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(utf8);
    }

    @Override
    public String toString() {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
