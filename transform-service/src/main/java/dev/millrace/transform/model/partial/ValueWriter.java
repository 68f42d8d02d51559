package dev.millrace.transform.model.partial;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Writes values one after the other; what comes again is written as a number. */
final class ValueWriter {

    private static final int FIRST_CAPACITY = 1 << 16;

    /** To look for a larger value costs more than it saves: there is hardly another like it. */
    private static final int MAX_SHARED = 1 << 10;

    private static final int MORE = 0x80;
    private static final int SEVEN_BITS = 0x7f;
    private static final int SHIFT = 7;

    private final Map<String, Integer> texts = new HashMap<>();
    private final Map<ByteBuffer, Integer> shared = new HashMap<>();
    private int sharable;
    private byte[] bytes = new byte[FIRST_CAPACITY];
    private int end;

    void octet(int value) {
        room(1);
        bytes[end++] = (byte) value;
    }

    /** A number in as few bytes as it needs, the small ones of both signs in one. */
    void number(long value) {
        long left = (value << 1) ^ (value >> (Long.SIZE - 1));
        while ((left & ~SEVEN_BITS) != 0) {
            octet((int) (left & SEVEN_BITS) | MORE);
            left >>>= SHIFT;
        }
        octet((int) left);
    }

    /** A text; one that was written before by its number. */
    void text(String text) {
        Integer known = texts.putIfAbsent(text, texts.size() + 1);
        if (known != null) {
            number(known);
            return;
        }
        number(0);
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        if (!new String(encoded, StandardCharsets.UTF_8).equals(text)) {
            throw new UnkeepableException("half a character");
        }
        number(encoded.length);
        room(encoded.length);
        System.arraycopy(encoded, 0, bytes, end, encoded.length);
        end += encoded.length;
    }

    /**
     * A value that many others may have as well. One whose bytes were written before is written as
     * a number.
     */
    void shared(Runnable value) {
        int start = end;
        octet(ValueReader.FIRST_TIME);
        value.run();
        Integer known = null;
        if (end - start <= MAX_SHARED) {
            ByteBuffer written = ByteBuffer.wrap(Arrays.copyOfRange(bytes, start, end));
            known = shared.putIfAbsent(written, sharable);
        }
        if (known == null) {
            sharable++;
        } else {
            end = start;
            octet(ValueReader.AGAIN);
            number(known);
        }
    }

    byte[] written() {
        return Arrays.copyOf(bytes, end);
    }

    private void room(int more) {
        if (bytes.length - end < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, end + more));
        }
    }
}
