package dev.millrace.serving.query;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Bytes as they were written, in pieces: they are not copied when they grow, nor when they are put
 * into a larger text, nor when they are sent.
 */
final class ChunkedBytes extends OutputStream {

    private static final int FIRST = 1 << 10;
    private static final int LARGEST = 1 << 16;
    private static final byte[] NOTHING = {};

    private final LongConsumer allowance;
    private final List<ByteBuffer> full = new ArrayList<>();
    private byte[] chunk = NOTHING;
    private int filled;
    private int next = FIRST;
    private long length;

    /**
     * @param allowance is asked before memory is taken, and throws if there is none
     */
    ChunkedBytes(LongConsumer allowance) {
        this.allowance = allowance;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
        int at = from;
        int left = count;
        while (left > 0) {
            if (filled == chunk.length) {
                grow();
            }
            int part = Math.min(left, chunk.length - filled);
            System.arraycopy(bytes, at, chunk, filled, part);
            filled += part;
            length += part;
            at += part;
            left -= part;
        }
    }

    /** Puts in what another holds, to which nothing is written any more. */
    void append(ChunkedBytes other) {
        seal();
        full.addAll(other.full);
        if (other.filled > 0) {
            full.add(ByteBuffer.wrap(other.chunk, 0, other.filled));
        }
        length += other.length;
    }

    /** Puts in bytes that change no more. */
    void append(byte[] bytes) {
        seal();
        full.add(ByteBuffer.wrap(bytes));
        length += bytes.length;
    }

    long length() {
        return length;
    }

    /** Writes nothing behind the last byte: an answer of a told length is over then. */
    void writeTo(OutputStream out) throws IOException {
        for (ByteBuffer part : full) {
            out.write(part.array(), part.arrayOffset(), part.limit());
        }
        if (filled > 0) {
            out.write(chunk, 0, filled);
        }
    }

    private void grow() {
        seal();
        allowance.accept(next);
        chunk = new byte[next];
        next = Math.min(2 * next, LARGEST);
    }

    private void seal() {
        if (filled > 0) {
            full.add(ByteBuffer.wrap(chunk, 0, filled));
        }
        chunk = NOTHING;
        filled = 0;
    }
}
