package dev.millrace.operations.copy;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * Rows on their way into a table by one {@code COPY … FROM STDIN WITH (FORMAT binary)}
 * (PostgreSQL's manual, "COPY", Binary Format). Each is begun, and then its columns are added, in
 * their order and of their types: nothing is converted.
 */
public final class BinaryCopy {

    /** "PGCOPY\n\377\r\n\0", flags, and the length of the header's extension. */
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    private static final int FLUSH_AT = 256 << 10;
    private static final long SECONDS_TO_2000 = 946_684_800L;
    private static final byte JSONB_VERSION = 1;
    private static final int NULL = -1;
    private static final int BIGINT_OID = 20;
    private static final int TEXT_OID = 25;

    private final CopyIn copy;
    private ByteBuffer out = ByteBuffer.allocate(FLUSH_AT + (64 << 10));

    private BinaryCopy(CopyIn copy) {
        this.copy = copy;
    }

    /** Adds a row. */
    @FunctionalInterface
    public interface RowWriter<T> {
        void write(BinaryCopy copy, T row) throws SQLException;
    }

    /**
     * Copies rows, all of them or none.
     *
     * @param sql the statement
     * @throws SQLException if PostgreSQL does not take them
     */
    public static <T> void copy(
            Connection connection, String sql, List<T> rows, RowWriter<? super T> writer)
            throws SQLException {
        @Nullable CopyIn copy = null;
        try {
            copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
            BinaryCopy binary = new BinaryCopy(copy);
            binary.out.put(HEADER);
            for (T row : rows) {
                writer.write(binary, row);
            }
            binary.room(Short.BYTES).putShort((short) -1);
            binary.flush();
            copy.endCopy();
        } catch (SQLException | RuntimeException | Error e) {
            if (isBroken(e) || !isCancelled(copy, e)) {
                // A pool knows of errors by its own statements alone, and would lend it again.
                connection.abort(Runnable::run);
            }
            throw e;
        }
    }

    private static boolean isCancelled(@Nullable CopyIn copy, Throwable reason) {
        try {
            if (copy != null && copy.isActive()) {
                copy.cancelCopy();
            }
            return true;
        } catch (SQLException e) {
            reason.addSuppressed(e);
            return false;
        }
    }

    /** Whether the connection is gone: by itself (class 08), or ended by the server (57P01 ff.). */
    private static boolean isBroken(Throwable failure) {
        return failure instanceof SQLException e
                && e.getSQLState() != null
                && (e.getSQLState().startsWith("08") || e.getSQLState().startsWith("57P"));
    }

    /** Begins the next row. */
    public void row(int columns) throws SQLException {
        if (out.position() >= FLUSH_AT) {
            flush();
        }
        room(Short.BYTES).putShort((short) columns);
    }

    private void flush() throws SQLException {
        copy.writeToCopy(out.array(), 0, out.position());
        out.clear();
    }

    /** What is written to, with room for so many bytes more. */
    private ByteBuffer room(int more) {
        if (out.remaining() < more) {
            int size = Math.max(Math.addExact(out.position(), more), 2 * out.capacity());
            out = ByteBuffer.allocate(size).put(out.flip());
        }
        return out;
    }

    /** A null. */
    public void nothing() {
        room(Integer.BYTES).putInt(NULL);
    }

    /** A {@code text}, or null. */
    public void text(@Nullable String text) {
        bytea(text == null ? null : text.getBytes(StandardCharsets.UTF_8));
    }

    /** A {@code bytea}, or null. */
    public void bytea(byte @Nullable [] value) {
        if (value == null) {
            nothing();
        } else {
            room(Math.addExact(value.length, Integer.BYTES)).putInt(value.length).put(value);
        }
    }

    /** An {@code integer}. */
    public void integer(int number) {
        room(2 * Integer.BYTES).putInt(Integer.BYTES).putInt(number);
    }

    /** A {@code bigint}. */
    public void bigint(long number) {
        room(Integer.BYTES + Long.BYTES).putInt(Long.BYTES).putLong(number);
    }

    /** A {@code timestamptz}, or null; what is finer than a microsecond is cut off. */
    public void timestamptz(@Nullable Instant moment) {
        if (moment == null) {
            nothing();
        } else {
            long seconds = moment.getEpochSecond() - SECONDS_TO_2000;
            bigint(seconds * 1_000_000L + moment.getNano() / 1_000);
        }
    }

    /** A {@code jsonb}, from its text. */
    public void jsonb(String written) {
        byte[] text = written.getBytes(StandardCharsets.UTF_8);
        room(Math.addExact(text.length, Integer.BYTES + 1))
                .putInt(text.length + 1)
                .put(JSONB_VERSION)
                .put(text);
    }

    /** A {@code bigint[]}. */
    public void bigints(List<Long> numbers) {
        beginArray(BIGINT_OID, numbers.size(), numbers.size() * (long) Long.BYTES);
        for (long number : numbers) {
            bigint(number);
        }
    }

    /** A {@code text[]}. */
    public void texts(List<String> texts) {
        byte[][] encoded = new byte[texts.size()][];
        long size = 0;
        for (int i = 0; i < encoded.length; i++) {
            encoded[i] = texts.get(i).getBytes(StandardCharsets.UTF_8);
            size += encoded[i].length;
        }
        beginArray(TEXT_OID, encoded.length, size);
        for (byte[] text : encoded) {
            bytea(text);
        }
    }

    /** Dimensions, nulls and type; of what is not empty its length and the first index, too. */
    private void beginArray(int type, int elements, long size) {
        int head = (elements == 0 ? 3 : 5) * Integer.BYTES;
        int length = Math.toIntExact(head + elements * (long) Integer.BYTES + size);
        room(head + Integer.BYTES)
                .putInt(length)
                .putInt(elements == 0 ? 0 : 1)
                .putInt(0)
                .putInt(type);
        if (elements > 0) {
            out.putInt(elements).putInt(1);
        }
    }
}
