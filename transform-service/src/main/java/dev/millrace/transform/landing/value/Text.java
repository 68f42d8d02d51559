package dev.millrace.transform.landing.value;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Strings as PostgreSQL's {@code text} keeps them. */
public final class Text {

    private static final char REPLACEMENT = '\uFFFD';

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long BACKSLASHES = 0x5C5C_5C5C_5C5C_5C5CL;

    private Text() {}

    /**
     * Whether no text of a JSON value needs to be {@linkplain #clean cleaned}, as it is ASCII
     * without escapes; eight bytes at a time, where the texts would be looked at char by char.
     */
    public static boolean isPlain(byte[] json) {
        return isPlain(json, 0, json.length);
    }

    /** The same of the bytes from one place up to another. */
    public static boolean isPlain(byte[] json, int from, int to) {
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            long eight = (long) LONGS.get(json, i);
            long other = eight ^ BACKSLASHES;
            // A high bit is one of the eight's own, or of what was borrowed by a byte that is zero.
            if (((eight | (other - ONES & ~other)) & HIGH_BITS) != 0) {
                return false;
            }
        }
        for (; i < to; i++) {
            if (json[i] < 0 || json[i] == '\\') {
                return false;
            }
        }
        return true;
    }

    /**
     * The string with U+FFFD in place of what PostgreSQL cannot hold: the character NUL, and halves
     * of surrogate pairs. Nearly always the same string.
     */
    public static String clean(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                return replace(text, i);
            }
        }
        return text;
    }

    private static String replace(String text, int from) {
        StringBuilder clean = new StringBuilder(text.length()).append(text, 0, from);
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                clean.append(c).append(text.charAt(++i));
            } else {
                clean.append(c == 0 || Character.isSurrogate(c) ? REPLACEMENT : c);
            }
        }
        return clean.toString();
    }
}
