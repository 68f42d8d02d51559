package dev.millrace.ingestion.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads the body of a request, inflated if it is gzip: its first bytes say so, whatever the headers
 * say. Neither more than the limit is read nor more than the limit inflated, and each piece is
 * reserved before it is allocated, which grows with what came.
 */
public final class BodyReader {

    /** What is reserved before anything came: an announced length has cost its caller nothing. */
    private static final int FIRST_PIECE = 4 * 1024;

    private BodyReader() {}

    /** What became of reading. */
    public sealed interface Body {

        /** All of it. */
        @SuppressWarnings("ArrayRecordComponent")
        record Complete(byte[] bytes) implements Body {}

        /** There is more than the limit, as sent or as inflated. */
        record TooLarge() implements Body {}

        /** It begins as gzip, and cannot be inflated. */
        record BadGzip() implements Body {}

        /** It was not there when its time was over. */
        record TooSlow() implements Body {}
    }

    /**
     * Reads to the end, to the limit, or until its time is over.
     *
     * @param announced the length that the caller announced, or a negative number
     * @param overdue whether the time for the whole of it is over
     * @throws IOException if the caller stops sending
     * @throws OutletUnavailableException if no memory is left for it
     */
    public static Body read(
            InputStream body,
            long announced,
            int limit,
            BooleanSupplier overdue,
            ByteBudget.Reservation reservation)
            throws IOException, OutletUnavailableException {
        if (announced > limit) {
            return new Body.TooLarge();
        }
        Timely timely = new Timely(body, overdue);
        try {
            return read(timely, announced, limit, reservation);
        } catch (IOException e) {
            if (timely.late) {
                return new Body.TooSlow();
            }
            throw e;
        }
    }

    private static Body read(
            InputStream body, long announced, int limit, ByteBudget.Reservation reservation)
            throws IOException, OutletUnavailableException {
        byte[] start = body.readNBytes(2);
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(start), body);
        if (!isGzip(start)) {
            int expected = announced > 0 ? (int) announced : limit;
            return readUpTo(whole, expected, limit, reservation);
        }
        Wire wire = new Wire(whole, limit);
        try {
            return readUpTo(new GZIPInputStream(wire), limit, limit, reservation);
        } catch (ZipException e) {
            return new Body.BadGzip();
        } catch (IOException e) {
            if (wire.exceeded) {
                return new Body.TooLarge();
            }
            if (wire.ended) {
                return new Body.BadGzip();
            }
            throw e;
        }
    }

    private static Body readUpTo(
            InputStream in, int expected, int limit, ByteBudget.Reservation reservation)
            throws IOException, OutletUnavailableException {
        int first = Math.min(FIRST_PIECE, expected);
        reservation.take(first);
        byte[] bytes = new byte[first];
        int size = 0;
        while (true) {
            int count = in.readNBytes(bytes, size, bytes.length - size);
            size += count;
            if (size < bytes.length) {
                return new Body.Complete(Arrays.copyOf(bytes, size));
            }
            int next = in.read();
            if (next < 0) {
                return new Body.Complete(bytes);
            }
            if (size == limit) {
                return new Body.TooLarge();
            }
            int larger = Math.min(size < expected ? expected : limit, bytes.length * 2);
            reservation.take((long) larger - bytes.length);
            bytes = Arrays.copyOf(bytes, larger);
            bytes[size++] = (byte) next;
        }
    }

    private static boolean isGzip(byte[] start) {
        return start.length == 2 && start[0] == 0x1F && start[1] == (byte) 0x8B;
    }

    /** A stream that is watched as it is read, in one place for single bytes and for many. */
    private abstract static class Watched extends InputStream {

        final InputStream in;

        Watched(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public abstract int read(byte[] bytes, int offset, int length) throws IOException;
    }

    /** Gives up when the time is over, however little is left and however steadily it comes. */
    private static final class Timely extends Watched {

        private final BooleanSupplier overdue;
        private boolean late;

        Timely(InputStream in, BooleanSupplier overdue) {
            super(in);
            this.overdue = overdue;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (overdue.getAsBoolean()) {
                late = true;
                throw new IOException("the body takes too long to come");
            }
            return in.read(bytes, offset, length);
        }
    }

    /** Counts what comes over the wire, and tells its end from a failure to inflate it. */
    private static final class Wire extends Watched {

        private long left;
        private boolean exceeded;
        private boolean ended;

        Wire(InputStream in, long limit) {
            super(in);
            this.left = limit;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = in.read(bytes, offset, length);
            if (count < 0) {
                ended = true;
                return count;
            }
            left -= count;
            if (left < 0) {
                exceeded = true;
                throw new IOException("more is sent than the limit allows");
            }
            return count;
        }
    }
}
