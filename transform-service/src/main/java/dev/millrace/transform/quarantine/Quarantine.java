package dev.millrace.transform.quarantine;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import tools.jackson.databind.json.JsonMapper;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;

/** Writes records into quarantine, in the transaction that would have landed them. */
@Component
public class Quarantine {

    private static final int CHUNK = 500;

    private final JsonMapper json;
    private final Clock clock;

    public Quarantine(JsonMapper json, Clock clock) {
        this.json = json;
        this.clock = clock;
    }

    /**
     * Adds the records to the connection's transaction, which the caller commits.
     *
     * @param records whose texts PostgreSQL can hold, and whose times are of four-digit years
     */
    public void add(Connection connection, List<QuarantinedRecord> records) throws SQLException {
        if (records.isEmpty()) {
            return;
        }
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.quarantine (at, source, stream, reason, detail,
                          column_name, topic, partition, record_offset, record_at, record_key,
                          headers, value)
                        SELECT ?, q.source, q.stream, q.reason, q.detail, nullif(q.column_name, ''),
                          q.topic, q.partition, q.record_offset, q.record_at, q.record_key,
                          q.headers::jsonb, q.value
                        FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                          ?::text[], ?::int[], ?::bigint[], ?::timestamptz[], ?::bytea[],
                          ?::text[], ?::bytea[])
                          AS q (source, stream, reason, detail, column_name,
                            topic, partition, record_offset, record_at, record_key, headers, value)
                        """)) {
            for (int from = 0; from < records.size(); from += CHUNK) {
                insert(
                        connection,
                        insert,
                        records.subList(from, Math.min(records.size(), from + CHUNK)));
            }
        }
    }

    private void insert(
            Connection connection, PreparedStatement insert, List<QuarantinedRecord> chunk)
            throws SQLException {
        insert.setObject(1, OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC));
        setText(connection, insert, 2, chunk, r -> r.cause().source());
        setText(connection, insert, 3, chunk, r -> r.cause().stream());
        setText(connection, insert, 4, chunk, r -> r.cause().reason());
        setText(connection, insert, 5, chunk, r -> r.cause().detail());
        setText(connection, insert, 6, chunk, r -> r.cause().column());
        setText(connection, insert, 7, chunk, r -> r.place().topic());
        set(connection, insert, 8, "int4", chunk, r -> r.place().partition());
        set(connection, insert, 9, "int8", chunk, r -> r.place().offset());
        set(connection, insert, 10, "timestamptz", chunk, r -> sql(r.place().at()));
        byte[][] keys = new byte[chunk.size()][];
        byte[][] values = new byte[chunk.size()][];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = chunk.get(i).key().orElse(null);
            values[i] = chunk.get(i).value().orElse(null);
        }
        insert.setArray(11, connection.createArrayOf("bytea", keys));
        set(connection, insert, 12, "text", chunk, r -> json.writeValueAsString(r.headers()));
        insert.setArray(13, connection.createArrayOf("bytea", values));
        insert.executeUpdate();
    }

    private static @Nullable String sql(@Nullable Instant at) {
        return at == null ? null : at.toString();
    }

    private static void setText(
            Connection connection,
            PreparedStatement insert,
            int index,
            List<QuarantinedRecord> chunk,
            Function<QuarantinedRecord, String> column)
            throws SQLException {
        set(connection, insert, index, "text", chunk, column::apply);
    }

    private static void set(
            Connection connection,
            PreparedStatement insert,
            int index,
            String type,
            List<QuarantinedRecord> chunk,
            Function<QuarantinedRecord, @Nullable Object> column)
            throws SQLException {
        insert.setArray(
                index, connection.createArrayOf(type, chunk.stream().map(column).toArray()));
    }
}
