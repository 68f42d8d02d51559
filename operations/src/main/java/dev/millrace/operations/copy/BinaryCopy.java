package dev.millrace.operations.copy;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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
    private static final int JSONB_VERSION = 1;
    private static final int NULL = -1;
    private static final int BIGINT_OID = 20;
    private static final int TEXT_OID = 25;

    private final CopyIn copy;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(FLUSH_AT + (64 << 10));
    private final DataOutputStream out = new DataOutputStream(bytes);

    private BinaryCopy(CopyIn copy) {
        this.copy = copy;
    }

    /** Adds a row. */
    @FunctionalInterface
    public interface RowWriter<T> {
        void write(BinaryCopy copy, T row) throws IOException, SQLException;
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
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
            BinaryCopy binary = new BinaryCopy(copy);
            binary.out.write(HEADER);
            for (T row : rows) {
                writer.write(binary, row);
            }
            binary.out.writeShort(-1);
            binary.flush();
            copy.endCopy();
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /** Begins the next row. */
    public void row(int columns) throws IOException, SQLException {
        if (bytes.size() >= FLUSH_AT) {
            flush();
        }
        out.writeShort(columns);
    }

    private void flush() throws SQLException {
        copy.writeToCopy(bytes.toByteArray(), 0, bytes.size());
        bytes.reset();
    }

    /** A null. */
    public void nothing() throws IOException {
        out.writeInt(NULL);
    }

    /** A {@code text}, or null. */
    public void text(@Nullable String text) throws IOException {
        bytea(text == null ? null : text.getBytes(StandardCharsets.UTF_8));
    }

    /** A {@code bytea}, or null. */
    public void bytea(byte @Nullable [] value) throws IOException {
        if (value == null) {
            nothing();
        } else {
            out.writeInt(value.length);
            out.write(value);
        }
    }

    /** An {@code integer}. */
    public void integer(int number) throws IOException {
        out.writeInt(Integer.BYTES);
        out.writeInt(number);
    }

    /** A {@code bigint}. */
    public void bigint(long number) throws IOException {
        out.writeInt(Long.BYTES);
        out.writeLong(number);
    }

    /** A {@code timestamptz}, or null; what is finer than a microsecond is cut off. */
    public void timestamptz(@Nullable Instant moment) throws IOException {
        if (moment == null) {
            nothing();
        } else {
            long seconds = moment.getEpochSecond() - SECONDS_TO_2000;
            bigint(seconds * 1_000_000L + moment.getNano() / 1_000);
        }
    }

    /** A {@code jsonb}, from its text. */
    public void jsonb(String written) throws IOException {
        byte[] text = written.getBytes(StandardCharsets.UTF_8);
        out.writeInt(text.length + 1);
        out.writeByte(JSONB_VERSION);
        out.write(text);
    }

    /** A {@code bigint[]}. */
    public void bigints(List<Long> numbers) throws IOException {
        beginArray(BIGINT_OID, numbers.size(), numbers.size() * (long) Long.BYTES);
        for (long number : numbers) {
            bigint(number);
        }
    }

    /** A {@code text[]}. */
    public void texts(List<String> texts) throws IOException {
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
    private void beginArray(int type, int elements, long size) throws IOException {
        int head = (elements == 0 ? 3 : 5) * Integer.BYTES;
        out.writeInt(Math.toIntExact(head + elements * (long) Integer.BYTES + size));
        out.writeInt(elements == 0 ? 0 : 1);
        out.writeInt(0);
        out.writeInt(type);
        if (elements > 0) {
            out.writeInt(elements);
            out.writeInt(1);
        }
    }
}
