package dev.millrace.transform.landing.value;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Bytes that grow at their end, with what binary COPY and JSON text are made of. */
public final class Bytes {

    private byte[] bytes;
    private int size;

    public Bytes(int capacity) {
        this.bytes = new byte[capacity];
    }

    public int size() {
        return size;
    }

    public void clear() {
        size = 0;
    }

    /** Makes the bytes end earlier. */
    public void truncate(int length) {
        size = length;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, size);
    }

    /** The array that holds the bytes, up to {@link #size()}; valid until something is added. */
    public byte[] array() {
        return bytes;
    }

    public void addByte(int value) {
        require(1);
        bytes[size++] = (byte) value;
    }

    public void addShort(int value) {
        require(2);
        bytes[size++] = (byte) (value >> 8);
        bytes[size++] = (byte) value;
    }

    public void addInt(int value) {
        require(4);
        size += 4;
        setInt(size - 4, value);
    }

    /** Overwrites four bytes that were added before. */
    public void setInt(int at, int value) {
        bytes[at] = (byte) (value >> 24);
        bytes[at + 1] = (byte) (value >> 16);
        bytes[at + 2] = (byte) (value >> 8);
        bytes[at + 3] = (byte) value;
    }

    public void addLong(long value) {
        addInt((int) (value >> 32));
        addInt((int) value);
    }

    public void add(byte[] added) {
        require(added.length);
        System.arraycopy(added, 0, bytes, size, added.length);
        size += added.length;
    }

    /** Adds a string in UTF-8. What is no character becomes U+FFFD. */
    public void addUtf8(String text) {
        int length = text.length();
        require(length * 3L);
        byte[] to = bytes;
        int at = size;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                to[at++] = (byte) c;
            } else if (c < 0x800) {
                to[at++] = (byte) (0xC0 | (c >> 6));
                to[at++] = (byte) (0x80 | (c & 0x3F));
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < length
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                to[at++] = (byte) (0xF0 | (point >> 18));
                to[at++] = (byte) (0x80 | ((point >> 12) & 0x3F));
                to[at++] = (byte) (0x80 | ((point >> 6) & 0x3F));
                to[at++] = (byte) (0x80 | (point & 0x3F));
            } else {
                char known = Character.isSurrogate(c) ? '\uFFFD' : c;
                to[at++] = (byte) (0xE0 | (known >> 12));
                to[at++] = (byte) (0x80 | ((known >> 6) & 0x3F));
                to[at++] = (byte) (0x80 | (known & 0x3F));
            }
        }
        size = at;
    }

    private void require(long more) {
        long needed = size + more;
        if (needed <= bytes.length) {
            return;
        }
        if (needed > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException("a buffer would grow over 2 GiB");
        }
        bytes =
                Arrays.copyOf(
                        bytes,
                        (int) Math.min(Math.max(needed, bytes.length * 2L), Integer.MAX_VALUE - 8));
    }
}
