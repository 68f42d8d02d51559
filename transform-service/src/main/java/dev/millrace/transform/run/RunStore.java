package dev.millrace.transform.run;

import dev.millrace.contracts.event.RunChanged;
import dev.millrace.contracts.topic.Topics;
import dev.millrace.transform.model.Node;
import dev.millrace.transform.publish.Datasets;
import dev.millrace.transform.publish.Outbox;
import dev.millrace.transform.run.RunRecord.NodeRecord;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionTemplate;

import tools.jackson.databind.json.JsonMapper;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import javax.sql.DataSource;

/** The history of runs. What happens is told in the transaction that writes it down. */
class RunStore {

    private static final String RUN_COLUMNS =
            "id, number, cause, selection, exclusion, revision, status, message, started_at,"
                    + " ended_at";

    private final JdbcClient jdbc;
    private final DataSource database;
    private final TransactionTemplate transaction;
    private final Outbox outbox;
    private final Datasets datasets;
    private final JsonMapper json;

    RunStore(
            DataSource database,
            TransactionTemplate transaction,
            Outbox outbox,
            Datasets datasets,
            JsonMapper json) {
        this.jdbc = JdbcClient.create(database);
        this.database = database;
        this.transaction = transaction;
        this.outbox = outbox;
        this.datasets = datasets;
        this.json = json;
    }

    int nextNumber() {
        return jdbc.sql("SELECT nextval('transform.run_number')::integer")
                .query(Integer.class)
                .single();
    }

    /**
     * Writes down that a run begins.
     *
     * @throws DuplicateKeyException if another has its idempotency key
     */
    void begin(RunRecord run, RunRequest request, List<Node> nodes) {
        transaction.executeWithoutResult(
                status -> {
                    jdbc.sql(
                                    """
                                    INSERT INTO transform.run (id, number, cause, selection,
                                      exclusion, vars, revision, status, idempotency_key, started_at)
                                    VALUES (?, ?, ?, ?, ?, ?::jsonb, ?, 'running', ?, ?)
                                    """)
                            .params(
                                    parameters(
                                            run.id(),
                                            run.number(),
                                            run.cause(),
                                            run.select(),
                                            run.exclude(),
                                            json.writeValueAsString(request.vars()),
                                            run.revision(),
                                            request.idempotencyKey(),
                                            at(run.startedAt())))
                            .update();
                    for (int i = 0; i < nodes.size(); i++) {
                        Node node = nodes.get(i);
                        jdbc.sql(
                                        """
                                        INSERT INTO transform.run_node
                                          (run_id, node_id, position, relation, materialized, status)
                                        VALUES (?, ?, ?, ?, ?, 'pending')
                                        """)
                                .params(
                                        parameters(
                                                run.id(),
                                                node.id(),
                                                i,
                                                node.isBuilt() ? node.relation().toString() : null,
                                                node.settings().materialized().label()))
                                .update();
                    }
                    tell(run, RunChanged.State.RUNNING, List.of(), run.startedAt());
                });
    }

    void nodeBegan(String run, String node, @Nullable String compiled, Instant at) {
        jdbc.sql(
                        """
                        UPDATE transform.run_node
                        SET status = 'running', started_at = ?, compiled = ?
                        WHERE run_id = ? AND node_id = ? AND status = 'pending'
                        """)
                .params(parameters(at(at), compiled, run, node))
                .update();
    }

    /**
     * Writes down how a node ended, and what it says of the node's freshness.
     *
     * @param inputs versions of what it reads; null if it was not attempted
     */
    void nodeEnded(
            RunRecord run, Node node, NodeOutcome outcome, @Nullable String inputs, Instant at) {
        transaction.executeWithoutResult(
                status -> {
                    int updated =
                            jdbc.sql(
                                            """
                                            UPDATE transform.run_node n
                                            SET status = ?, ended_at = ?, rows = ?, message = ?
                                            FROM transform.run r
                                            WHERE n.run_id = ? AND n.node_id = ?
                                              AND n.status IN ('pending', 'running')
                                              AND r.id = n.run_id AND r.status = 'running'
                                            """)
                                    .params(
                                            parameters(
                                                    outcome.status().text(),
                                                    at(at),
                                                    outcome.rows(),
                                                    outcome.message(),
                                                    run.id(),
                                                    node.id()))
                                    .update();
                    if (updated == 0) {
                        return; // the run was given up in the meantime
                    }
                    if (inputs != null) {
                        remember(run, node, outcome, inputs, at);
                    }
                    if (outcome.status() == NodeStatus.SUCCESS && node.isBuilt()) {
                        tellDataset(run, node, outcome, at);
                    }
                });
    }

    private void remember(
            RunRecord run, Node node, NodeOutcome outcome, String inputs, Instant at) {
        boolean built = outcome.status() == NodeStatus.SUCCESS;
        jdbc.sql(
                        """
                        INSERT INTO transform.model_state AS s
                          (node_id, revision, inputs, status, run_id, rows, message, attempted_at, built_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT (node_id) DO UPDATE SET
                          revision = excluded.revision, inputs = excluded.inputs,
                          status = excluded.status, run_id = excluded.run_id,
                          rows = excluded.rows, message = excluded.message,
                          attempted_at = excluded.attempted_at,
                          built_at = coalesce(excluded.built_at, s.built_at)
                        """)
                .params(
                        parameters(
                                node.id(),
                                run.revision(),
                                inputs,
                                outcome.status().text(),
                                run.id(),
                                outcome.rows(),
                                outcome.message(),
                                at(at),
                                built ? at(at) : null))
                .update();
    }

    private void tellDataset(RunRecord run, Node node, NodeOutcome outcome, Instant at) {
        long rows = outcome.rows() == null ? 0 : outcome.rows();
        Datasets.Change change =
                new Datasets.Change(node.relation().toString(), rows, null, List.of(), run.id());
        inTransaction(
                connection -> datasets.changed(connection, List.of(change), run.revision(), at));
    }

    /** Ends a run once; whoever comes later changes nothing. */
    boolean end(RunRecord run, RunChanged.State state, @Nullable String message, Instant at) {
        return Boolean.TRUE.equals(
                transaction.execute(
                        status -> {
                            int updated =
                                    jdbc.sql(
                                                    """
                                                    UPDATE transform.run
                                                    SET status = ?, message = ?, ended_at = ?
                                                    WHERE id = ? AND status = 'running'
                                                    """)
                                            .params(
                                                    parameters(
                                                            text(state), message, at(at), run.id()))
                                            .update();
                            if (updated == 0) {
                                return false;
                            }
                            jdbc.sql(
                                            """
                                            UPDATE transform.run_node
                                            SET status = CASE status WHEN 'running' THEN 'error'
                                                                     ELSE 'skipped' END,
                                                message = ?, ended_at = ?
                                            WHERE run_id = ? AND status IN ('pending', 'running')
                                            """)
                                    .params(parameters(message, at(at), run.id()))
                                    .update();
                            List<RunChanged.NodeOutcome> outcomes =
                                    nodes(run.id()).stream().map(NodeRecord::outcome).toList();
                            tell(run, state, outcomes, at);
                            return true;
                        }));
    }

    private void tell(
            RunRecord run,
            RunChanged.State state,
            List<RunChanged.NodeOutcome> outcomes,
            Instant at) {
        RunChanged event =
                new RunChanged(run.id(), state, run.select(), outcomes, run.revision(), at);
        inTransaction(
                connection -> {
                    outbox.append(connection, Topics.RUNS, run.id(), event);
                    return true;
                });
    }

    private interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    private <T> T inTransaction(Work<T> work) {
        Connection connection = DataSourceUtils.getConnection(database);
        try {
            return work.with(connection);
        } catch (SQLException e) {
            throw new UncategorizedSQLException("outbox", null, e);
        } finally {
            DataSourceUtils.releaseConnection(connection, database);
        }
    }

    Optional<RunRecord> find(String id) {
        return jdbc.sql("SELECT " + RUN_COLUMNS + " FROM transform.run WHERE id = ?")
                .param(id)
                .query(RunStore::run)
                .optional();
    }

    Optional<RunRecord> findByIdempotencyKey(String key) {
        return jdbc.sql("SELECT " + RUN_COLUMNS + " FROM transform.run WHERE idempotency_key = ?")
                .param(key)
                .query(RunStore::run)
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
                .query(RunStore::node)
                .list();
    }

    /** Runs, the newest first, before one of them. */
    List<RunRecord> page(RunChanged.@Nullable State state, @Nullable Integer before, int limit) {
        return jdbc.sql(
                        "SELECT "
                                + RUN_COLUMNS
                                + """
                                 FROM transform.run
                                WHERE (?::text IS NULL OR status = ?)
                                  AND (?::integer IS NULL OR number < ?)
                                ORDER BY number DESC LIMIT ?
                                """)
                .params(
                        parameters(
                                state == null ? null : text(state),
                                state == null ? null : text(state),
                                before,
                                before,
                                limit))
                .query(RunStore::run)
                .list();
    }

    List<RunRecord> running() {
        return jdbc.sql("SELECT " + RUN_COLUMNS + " FROM transform.run WHERE status = 'running'")
                .query(RunStore::run)
                .list();
    }

    void requestCancel(String run) {
        jdbc.sql("UPDATE transform.run SET cancel_requested = true WHERE id = ?")
                .param(run)
                .update();
    }

    List<String> cancelRequested() {
        return jdbc.sql(
                        "SELECT id FROM transform.run WHERE status = 'running' AND"
                                + " cancel_requested")
                .query(String.class)
                .list();
    }

    /** Forgets all but the newest runs. */
    void prune(int keep) {
        jdbc.sql(
                        """
                        DELETE FROM transform.run WHERE status <> 'running' AND number <=
                          (SELECT number FROM transform.run ORDER BY number DESC OFFSET ? LIMIT 1)
                        """)
                .param(keep)
                .update();
    }

    /** JdbcClient takes nulls, but only in a list. */
    private static List<@Nullable Object> parameters(@Nullable Object... values) {
        return Arrays.asList(values);
    }

    static String text(RunChanged.State state) {
        return state.name().toLowerCase(Locale.ROOT);
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

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
