package dev.millrace.transform.quarantine;

import dev.millrace.transform.quarantine.QuarantinedRecord.Cause;
import dev.millrace.transform.quarantine.QuarantinedRecord.Content;
import dev.millrace.transform.quarantine.QuarantinedRecord.Place;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The records that are held, as replays take them: in a transaction that the caller commits. */
public final class HeldRecords {

    private static final String COLUMNS =
            """
            id, source, stream, reason, at, topic, topic_generation, partition, record_offset,
            record_at, record_key, headers, value
            """;

    private HeldRecords() {}

    /** Why a record, by its id, did not land this time either. */
    public record Refusal(long id, Cause cause) {}

    /**
     * The ids of the next records, in order, of as many as there may be at once.
     *
     * @param maxBytes of their values together; one record is always among them
     */
    public static List<Long> next(
            Connection connection,
            QuarantineFilter filter,
            long after,
            long upTo,
            int maxRecords,
            long maxBytes)
            throws SQLException {
        String sql =
                """
                SELECT id FROM (
                  SELECT id, sum(bytes) OVER (ORDER BY id) - bytes AS before FROM (
                    SELECT id, coalesce(octet_length(value), 0)::bigint AS bytes
                    FROM transform.quarantine WHERE %s AND id > ? AND id <= ?
                    ORDER BY id LIMIT ?) AS few) AS sums
                WHERE before < ? ORDER BY id
                """
                        .formatted(filter.condition());
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            int index = set(select, filter);
            select.setLong(index++, after);
            select.setLong(index++, upTo);
            select.setInt(index++, maxRecords);
            select.setLong(index, maxBytes);
            List<Long> ids = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                }
            }
            return ids;
        }
    }

    /** How many records a filter means. */
    public static long count(Connection connection, QuarantineFilter filter) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT count(*) FROM transform.quarantine WHERE " + filter.condition())) {
            set(select, filter);
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private static int set(PreparedStatement statement, QuarantineFilter filter)
            throws SQLException {
        int index = 1;
        for (Object value : filter.values()) {
            statement.setObject(index++, value);
        }
        return index;
    }

    /** Reads records, whatever has been decided on them meanwhile. */
    public static List<HeldRecord> read(Connection connection, List<Long> ids) throws SQLException {
        return read(connection, ids, "WHERE id = ANY (?::bigint[]) ORDER BY id");
    }

    /**
     * Reads and locks those records that are still held. Others who want one of them wait for the
     * end of the transaction, and then find it decided on.
     */
    public static List<HeldRecord> lock(Connection connection, List<Long> ids) throws SQLException {
        return read(
                connection,
                ids,
                "WHERE id = ANY (?::bigint[]) AND state = 'held' ORDER BY id FOR UPDATE");
    }

    private static List<HeldRecord> read(Connection connection, List<Long> ids, String condition)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT " + COLUMNS + " FROM transform.quarantine " + condition)) {
            select.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            List<HeldRecord> records = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    records.add(record(row));
                }
            }
            return records;
        }
    }

    private static HeldRecord record(ResultSet row) throws SQLException {
        OffsetDateTime recordAt = row.getObject("record_at", OffsetDateTime.class);
        return new HeldRecord(
                row.getLong("id"),
                row.getString("source"),
                row.getString("stream"),
                row.getString("reason"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                new Place(
                        row.getString("topic"),
                        row.getInt("topic_generation"),
                        row.getInt("partition"),
                        row.getLong("record_offset"),
                        recordAt == null ? null : recordAt.toInstant()),
                new Content(
                        row.getBytes("record_key"),
                        StoredHeaders.read(row.getString("headers")),
                        row.getBytes("value")));
    }

    /** Marks locked records as landed after all. */
    public static void replayed(Connection connection, List<Long> ids, Replay by, Instant at)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        UPDATE transform.quarantine SET state = 'replayed', decided_at = ?,
                          decided_by = ?, replay_id = ?
                        WHERE id = ANY (?::bigint[])
                        """)) {
            update.setObject(1, at.atOffset(ZoneOffset.UTC));
            update.setString(2, by.askedBy());
            update.setLong(3, by.id());
            update.setArray(4, connection.createArrayOf("bigint", ids.toArray()));
            update.executeUpdate();
        }
    }

    /** Writes down why locked records stay, and that it was tried. */
    public static void refusedAgain(
            Connection connection, List<Refusal> refusals, Replay by, Instant at)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        UPDATE transform.quarantine q SET reason = r.reason, detail = r.detail,
                          column_name = nullif(r.column_name, ''),
                          waits_for = nullif(r.waits_for::bigint[], '{}'),
                          attempts = q.attempts + 1,
                          attempted_at = ?, replay_id = ?
                        FROM unnest(?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[])
                          AS r (id, reason, detail, column_name, waits_for)
                        WHERE q.id = r.id
                        """)) {
            update.setObject(1, at.atOffset(ZoneOffset.UTC));
            update.setLong(2, by.id());
            update.setArray(
                    3,
                    connection.createArrayOf(
                            "bigint", refusals.stream().map(Refusal::id).toArray()));
            update.setArray(
                    4, texts(connection, refusals.stream().map(r -> r.cause().reason()).toList()));
            update.setArray(
                    5, texts(connection, refusals.stream().map(r -> r.cause().detail()).toList()));
            update.setArray(
                    6, texts(connection, refusals.stream().map(r -> r.cause().column()).toList()));
            update.setArray(
                    7, texts(connection, refusals.stream().map(HeldRecords::waits).toList()));
            update.executeUpdate();
        }
    }

    private static String waits(Refusal refusal) {
        return refusal.cause().waitsFor().stream()
                .map(String::valueOf)
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static java.sql.Array texts(Connection connection, List<String> texts)
            throws SQLException {
        return connection.createArrayOf("text", texts.toArray());
    }
}
