package dev.millrace.transform.quarantine;

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

/** Writes records by one binary {@code COPY}: a source may send nothing but garbage. */
final class QuarantineCopy {

    private static final String COPY =
            """
            COPY transform.quarantine (at, source, stream, reason, detail, column_name, topic,
              topic_generation, partition, record_offset, record_at, record_key, headers, value,
              waits_for)
            FROM STDIN WITH (FORMAT binary)
            """;
    private static final int COLUMNS = 15;
    private static final int FLUSH_AT = 256 << 10;

    /** "PGCOPY\n\377\r\n\0", flags, and the length of the header's extension. */
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    private static final long SECONDS_TO_2000 = 946_684_800L;
    private static final int JSONB_VERSION = 1;
    private static final int NULL = -1;
    private static final int BIGINT_OID = 20;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(FLUSH_AT + (64 << 10));
    private final DataOutputStream out = new DataOutputStream(bytes);
    private final Instant at;

    private QuarantineCopy(Instant at) {
        this.at = at;
    }

    static void copy(Connection connection, List<QuarantinedRecord> records, Instant at)
            throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
        try {
            new QuarantineCopy(at).send(copy, records);
            copy.endCopy();
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private void send(CopyIn copy, List<QuarantinedRecord> records)
            throws SQLException, IOException {
        out.write(HEADER);
        for (QuarantinedRecord record : records) {
            add(record);
            if (bytes.size() >= FLUSH_AT) {
                flush(copy);
            }
        }
        out.writeShort(-1);
        flush(copy);
    }

    private void flush(CopyIn copy) throws SQLException {
        copy.writeToCopy(bytes.toByteArray(), 0, bytes.size());
        bytes.reset();
    }

    private void add(QuarantinedRecord record) throws IOException {
        QuarantinedRecord.Cause cause = record.cause();
        QuarantinedRecord.Place place = record.place();
        out.writeShort(COLUMNS);
        add(at);
        add(cause.source());
        add(cause.stream());
        add(cause.reason());
        add(cause.detail());
        add(cause.column().isEmpty() ? null : cause.column());
        add(place.topic());
        add(place.generation());
        add(place.partition());
        out.writeInt(Long.BYTES);
        out.writeLong(place.offset());
        add(place.at());
        add(record.content().key().orElse(null));
        byte[] headers =
                StoredHeaders.write(record.content().headers()).getBytes(StandardCharsets.UTF_8);
        out.writeInt(headers.length + 1);
        out.writeByte(JSONB_VERSION);
        out.write(headers);
        add(record.content().value().orElse(null));
        add(cause.waitsFor());
    }

    /** An array as COPY has it: dimensions, nulls, type, size, first index, elements. */
    private void add(List<Long> numbers) throws IOException {
        if (numbers.isEmpty()) {
            out.writeInt(NULL);
            return;
        }
        out.writeInt(5 * Integer.BYTES + numbers.size() * (Integer.BYTES + Long.BYTES));
        out.writeInt(1);
        out.writeInt(0);
        out.writeInt(BIGINT_OID);
        out.writeInt(numbers.size());
        out.writeInt(1);
        for (long number : numbers) {
            out.writeInt(Long.BYTES);
            out.writeLong(number);
        }
    }

    private void add(int number) throws IOException {
        out.writeInt(Integer.BYTES);
        out.writeInt(number);
    }

    private void add(@Nullable Instant moment) throws IOException {
        if (moment == null) {
            out.writeInt(NULL);
            return;
        }
        out.writeInt(Long.BYTES);
        out.writeLong(
                (moment.getEpochSecond() - SECONDS_TO_2000) * 1_000_000L
                        + moment.getNano() / 1_000);
    }

    private void add(@Nullable String text) throws IOException {
        add(text == null ? null : text.getBytes(StandardCharsets.UTF_8));
    }

    private void add(byte @Nullable [] value) throws IOException {
        if (value == null) {
            out.writeInt(NULL);
            return;
        }
        out.writeInt(value.length);
        out.write(value);
    }
}
