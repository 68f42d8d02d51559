package dev.millrace.transform.quarantine;

import dev.millrace.operations.copy.BinaryCopy;

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

    private QuarantineCopy() {}

    static void copy(Connection connection, List<QuarantinedRecord> records, Instant at)
            throws SQLException {
        BinaryCopy.copy(connection, COPY, records, (copy, record) -> add(copy, record, at));
    }

    private static void add(BinaryCopy copy, QuarantinedRecord record, Instant at)
            throws SQLException {
        QuarantinedRecord.Cause cause = record.cause();
        QuarantinedRecord.Place place = record.place();
        copy.row(COLUMNS);
        copy.timestamptz(at);
        copy.text(cause.source());
        copy.text(cause.stream());
        copy.text(cause.reason());
        copy.text(cause.detail());
        copy.text(cause.column().isEmpty() ? null : cause.column());
        copy.text(place.topic());
        copy.integer(place.generation());
        copy.integer(place.partition());
        copy.bigint(place.offset());
        copy.timestamptz(place.at());
        copy.bytea(record.content().key().orElse(null));
        copy.jsonb(StoredHeaders.write(record.content().headers()));
        copy.bytea(record.content().value().orElse(null));
        if (cause.waitsFor().isEmpty()) {
            copy.nothing();
        } else {
            copy.bigints(cause.waitsFor());
        }
    }
}
