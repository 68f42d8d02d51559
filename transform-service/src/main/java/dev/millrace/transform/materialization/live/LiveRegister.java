package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.Build;
import dev.millrace.transform.materialization.LiveTables;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import javax.sql.DataSource;

/** Which live models there are, as all processes are to have them, and how they are. */
final class LiveRegister {

    private final DataSource database;
    private final JsonMapper json;
    private final Clock clock;

    LiveRegister(DataSource database, JsonMapper json, Clock clock) {
        this.database = database;
        this.json = json;
        this.clock = clock;
    }

    /**
     * A live model.
     *
     * @param isRetired whether nobody wants it any more
     */
    record Entry(
            LiveModel model,
            LiveRequest request,
            String state,
            String form,
            @Nullable String failure,
            Instant since,
            boolean isRetired) {}

    /** Asks for a model, and has it live from now on; the number of the request. */
    long ask(LiveModel model, LiveTables.Anew anew) throws SQLException {
        return with(
                sql ->
                        sql.query(
                                        """
                                        INSERT INTO transform.live_model AS m
                                          (model, relation_schema, relation_name, sql, options,
                                            refreshed, since)
                                        VALUES (?, ?, ?, ?, ?, CASE WHEN ? THEN 1 ELSE 0 END, ?)
                                        ON CONFLICT (model) DO UPDATE SET
                                          relation_schema = excluded.relation_schema,
                                          relation_name = excluded.relation_name,
                                          sql = excluded.sql, options = excluded.options,
                                          asked = m.asked + 1, retired = false,
                                          refreshed = CASE WHEN excluded.refreshed = 1
                                            THEN m.asked + 1 ELSE m.refreshed END
                                        RETURNING asked
                                        """,
                                        row -> row.getLong(1),
                                        model.id(),
                                        model.relation().schema(),
                                        model.relation().name(),
                                        model.sql(),
                                        json.writeValueAsString(model.options()),
                                        anew == LiveTables.Anew.ALWAYS,
                                        clock.instant().atOffset(ZoneOffset.UTC))
                                .getFirst());
    }

    /** All of them. */
    List<Entry> entries() throws SQLException {
        return with(
                sql -> sql.query("SELECT * FROM transform.live_model ORDER BY model", this::entry));
    }

    /** One of them. */
    Optional<Entry> entry(String model) throws SQLException {
        return with(
                sql ->
                        sql
                                .query(
                                        "SELECT * FROM transform.live_model WHERE model = ?",
                                        this::entry,
                                        model)
                                .stream()
                                .findFirst());
    }

    private Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                new LiveModel(
                        row.getString("model"),
                        new RelationName(
                                row.getString("relation_schema"), row.getString("relation_name")),
                        row.getString("sql"),
                        json.readValue(row.getString("options"), Build.Options.class)),
                new LiveRequest(
                        row.getLong("asked"), row.getLong("refreshed"), row.getLong("answered")),
                row.getString("state"),
                row.getString("form"),
                row.getString("failure"),
                row.getTimestamp("since").toInstant(),
                row.getBoolean("retired"));
    }

    /** Writes down how one is; {@code since} stays as long as it is the same. */
    void report(LiveStatus status, long answered) throws SQLException {
        String state = status.state().name().toLowerCase(Locale.ROOT);
        with(
                sql ->
                        sql.update(
                                """
                                UPDATE transform.live_model SET
                                  since = CASE WHEN state = ? THEN since ELSE ? END,
                                  state = ?, form = ?, failure = ?,
                                  answered = greatest(answered, ?)
                                WHERE model = ?
                                """,
                                state,
                                clock.instant().atOffset(ZoneOffset.UTC),
                                state,
                                status.form(),
                                status.message(),
                                answered,
                                status.id()));
    }

    /** Has nobody follow a model any more. */
    void retire(String model) throws SQLException {
        with(
                sql ->
                        sql.update(
                                "UPDATE transform.live_model SET retired = true WHERE model = ?",
                                model));
    }

    /** Forgets a model, unless somebody has asked for it again. */
    void forget(String model) throws SQLException {
        with(
                sql ->
                        sql.update(
                                "DELETE FROM transform.live_model WHERE model = ? AND retired",
                                model));
    }

    private interface Work<T> {
        T with(Sql sql) throws SQLException;
    }

    private <T> T with(Work<T> work) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(true);
            return work.with(new Sql(connection));
        }
    }
}
