package dev.millrace.transform.quarantine;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.sql.DataSource;

/**
 * The jobs that land records of the quarantine, with how far they are. Each chunk moves its job in
 * the transaction that lands it, so that a job goes on where it was after any crash.
 */
@Component
public class Replays {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, String>> FILTER = new TypeReference<>() {};
    private static final int LONGEST_ERROR = 1_000;

    private final DataSource database;
    private final Clock clock;

    public Replays(DataSource database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** What somebody asks for. */
    public record Request(
            QuarantineFilter filter,
            @Nullable String patch,
            @Nullable String stream,
            @Nullable Long limit) {}

    /** Puts a job at the end of the queue. */
    public Replay ask(Request request, String by) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(true);
            return ask(connection, request, by);
        }
    }

    /** The same in the connection's transaction. */
    public Replay ask(Connection connection, Request request, String by) throws SQLException {
        long matched = HeldRecords.count(connection, request.filter());
        Long limit = request.limit();
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.quarantine_replay (filter, patch, stream,
                          record_limit, asked_by, asked_at, state, up_to_id, matched)
                        SELECT ?::jsonb, ?, ?, ?, ?, ?, 'queued', coalesce(max(id), 0), ?
                        FROM transform.quarantine
                        RETURNING *
                        """)) {
            insert.setString(1, JSON.writeValueAsString(request.filter().written()));
            insert.setString(2, request.patch());
            insert.setString(3, request.stream());
            insert.setObject(4, limit, Types.BIGINT);
            insert.setString(5, by);
            insert.setObject(6, now());
            insert.setLong(7, limit == null ? matched : Math.min(limit, matched));
            return list(insert).getFirst();
        }
    }

    /** Jobs, newest first. */
    public List<Replay> newest(Replay.@Nullable State state, long before, int limit)
            throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                """
                                SELECT * FROM transform.quarantine_replay
                                WHERE (?::text IS NULL OR state = ?) AND id < ?
                                ORDER BY id DESC LIMIT ?
                                """)) {
            select.setString(1, state == null ? null : state.text());
            select.setString(2, state == null ? null : state.text());
            select.setLong(3, before);
            select.setInt(4, limit);
            return list(select);
        }
    }

    public Optional<Replay> find(long id) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                "SELECT * FROM transform.quarantine_replay WHERE id = ?")) {
            select.setLong(1, id);
            return list(select).stream().findFirst();
        }
    }

    /** Ends a job after the chunk that is under way. What has landed stays. */
    public Optional<Replay> cancel(long id) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(true);
            end(connection, id, Replay.State.CANCELLED, null);
        }
        return find(id);
    }

    /** Ends a job that cannot go on. */
    public void fail(long id, String error) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(true);
            end(connection, id, Replay.State.FAILED, error);
        }
    }

    /** Ends a job in the connection's transaction, unless it has ended already. */
    public void end(Connection connection, long id, Replay.State state, @Nullable String error)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        UPDATE transform.quarantine_replay
                        SET state = ?, error = ?, ended_at = ?
                        WHERE id = ? AND state IN ('queued', 'running')
                        """)) {
            update.setString(1, state.text());
            update.setString(
                    2,
                    error == null
                            ? null
                            : error.replace('\0', '\uFFFD')
                                    .substring(0, Math.min(error.length(), LONGEST_ERROR)));
            update.setObject(3, now());
            update.setLong(4, id);
            update.executeUpdate();
        }
    }

    /** Locks the oldest job that has not ended and that nobody else is at work on. */
    public Optional<Replay> lockNext(Connection connection) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT * FROM transform.quarantine_replay
                        WHERE state IN ('queued', 'running')
                        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
                        """)) {
            return list(select).stream().findFirst();
        }
    }

    /** Locks a job, if it is still where it was and nobody else is at work on it. */
    public Optional<Replay> lock(Connection connection, long id, long lastId) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT * FROM transform.quarantine_replay
                        WHERE id = ? AND last_id = ? AND state IN ('queued', 'running')
                        FOR UPDATE SKIP LOCKED
                        """)) {
            select.setLong(1, id);
            select.setLong(2, lastId);
            return list(select).stream().findFirst();
        }
    }

    /** Moves a locked job on, in the transaction that landed the records up to an id. */
    public void advance(Connection connection, long id, long lastId, Replay.Counts counts)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        UPDATE transform.quarantine_replay SET state = 'running',
                          started_at = coalesce(started_at, ?), last_id = ?, landed = landed + ?,
                          duplicates = duplicates + ?, left_out = left_out + ?,
                          refused_again = refused_again + ?
                        WHERE id = ?
                        """)) {
            update.setObject(1, now());
            update.setLong(2, lastId);
            update.setLong(3, counts.landed());
            update.setLong(4, counts.duplicates());
            update.setLong(5, counts.leftOut());
            update.setLong(6, counts.refusedAgain());
            update.setLong(7, id);
            update.executeUpdate();
        }
    }

    private static List<Replay> list(PreparedStatement statement) throws SQLException {
        List<Replay> replays = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                replays.add(replay(row));
            }
        }
        return replays;
    }

    private static Replay replay(ResultSet row) throws SQLException {
        return new Replay(
                row.getLong("id"),
                JSON.readValue(row.getString("filter"), FILTER),
                row.getString("patch"),
                row.getString("stream"),
                row.getObject("record_limit", Long.class),
                row.getString("asked_by"),
                row.getObject("asked_at", OffsetDateTime.class).toInstant(),
                Replay.State.of(row.getString("state")).orElseThrow(),
                row.getLong("up_to_id"),
                row.getLong("last_id"),
                row.getLong("matched"),
                new Replay.Counts(
                        row.getLong("landed"),
                        row.getLong("duplicates"),
                        row.getLong("left_out"),
                        row.getLong("refused_again")),
                instant(row, "started_at"),
                instant(row, "ended_at"),
                row.getString("error"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
