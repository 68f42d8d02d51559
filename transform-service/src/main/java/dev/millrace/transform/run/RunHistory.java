package dev.millrace.transform.run;

import dev.millrace.contracts.event.RunChanged;
import dev.millrace.transform.run.RunRecord.NodeRecord;
import dev.millrace.transform.run.node.NodeStatus;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import javax.sql.DataSource;

/** Reads runs that are under way or have ended, in all replicas. */
class RunHistory {

    private static final String RUNS =
            """
            SELECT id, number, cause, selection, exclusion, revision, status, message, started_at,
              ended_at
            FROM transform.run
            """;

    private final JdbcClient jdbc;

    RunHistory(DataSource database) {
        this.jdbc = JdbcClient.create(database);
    }

    Optional<RunRecord> find(String id) {
        return jdbc.sql(RUNS + "WHERE id = ?").param(id).query(RunHistory::run).optional();
    }

    Optional<RunRecord> findByIdempotencyKey(String key) {
        return jdbc.sql(RUNS + "WHERE idempotency_key = ?")
                .param(key)
                .query(RunHistory::run)
                .optional();
    }

    List<NodeRecord> nodes(String run) {
        return jdbc.sql(
                        """
                        SELECT node_id, relation, materialized, status, started_at, ended_at, rows,
                          message, compiled
                        FROM transform.run_node WHERE run_id = ? ORDER BY position
                        """)
                .param(run)
                .query(RunHistory::node)
                .list();
    }

    /** Runs, the newest first, before one of them. */
    List<RunRecord> page(RunChanged.@Nullable State state, @Nullable Integer before, int limit) {
        String status = state == null ? null : RunRecord.text(state);
        return jdbc.sql(
                        RUNS
                                + """
                                WHERE (?::text IS NULL OR status = ?)
                                  AND (?::integer IS NULL OR number < ?)
                                ORDER BY number DESC LIMIT ?
                                """)
                .params(Arrays.asList(status, status, before, before, limit))
                .query(RunHistory::run)
                .list();
    }

    List<RunRecord> running() {
        return jdbc.sql(RUNS + "WHERE status = 'running'").query(RunHistory::run).list();
    }

    /** The number of the newest run; 0 if there was none. */
    int newest() {
        return jdbc.sql("SELECT coalesce(max(number), 0) FROM transform.run")
                .query(Integer.class)
                .single();
    }

    List<String> cancelRequested() {
        return jdbc.sql(
                        "SELECT id FROM transform.run WHERE status = 'running' AND"
                                + " cancel_requested")
                .query(String.class)
                .list();
    }

    private static RunRecord run(ResultSet row, int number) throws SQLException {
        return new RunRecord(
                row.getString("id"),
                row.getInt("number"),
                row.getString("cause"),
                row.getString("selection"),
                row.getString("exclusion"),
                row.getString("revision"),
                RunChanged.State.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                row.getString("message"),
                row.getTimestamp("started_at").toInstant(),
                instant(row.getTimestamp("ended_at")));
    }

    private static NodeRecord node(ResultSet row, int number) throws SQLException {
        long rows = row.getLong("rows");
        Long written = row.wasNull() ? null : rows;
        return new NodeRecord(
                row.getString("node_id"),
                row.getString("relation"),
                row.getString("materialized"),
                NodeStatus.of(row.getString("status")),
                instant(row.getTimestamp("started_at")),
                instant(row.getTimestamp("ended_at")),
                written,
                row.getString("message"),
                row.getString("compiled"));
    }

    private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }
}
