package dev.millrace.transform.run;

import dev.millrace.contracts.event.RunChanged;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.run.node.NodeOutcome;
import dev.millrace.transform.run.node.NodeStatus;
import dev.millrace.transform.run.node.Shortened;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

import tools.jackson.databind.json.JsonMapper;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import javax.sql.DataSource;

/** Writes down what happens in runs, and tells it in the same transaction. */
class RunStore {

    private final JdbcClient jdbc;
    private final FailedChecks checks;
    private final TransactionTemplate transaction;
    private final RunMessages messages;
    private final JsonMapper json;

    RunStore(
            DataSource database,
            TransactionTemplate transaction,
            RunMessages messages,
            JsonMapper json) {
        this.jdbc = JdbcClient.create(database);
        this.checks = new FailedChecks(jdbc);
        this.transaction = transaction;
        this.messages = messages;
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
    void begin(RunRecord run, RunRequest request, List<? extends Step> steps) {
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
                    insert(run, steps);
                    messages.began(run);
                });
    }

    private void insert(RunRecord run, List<? extends Step> steps) {
        jdbc.sql(
                        """
                        INSERT INTO transform.run_node
                          (run_id, node_id, position, relation, materialized, status)
                        SELECT ?, n.id, n.position - 1, n.relation, n.materialized, 'pending'
                        FROM unnest(?::text[], ?::text[], ?::text[])
                          WITH ORDINALITY AS n (id, relation, materialized, position)
                        """)
                .params(
                        parameters(
                                run.id(),
                                steps.stream().map(Step::id).toArray(String[]::new),
                                steps.stream().map(RunStore::relation).toArray(String[]::new),
                                steps.stream().map(RunStore::materialized).toArray(String[]::new)))
                .update();
    }

    static @Nullable String relation(Step step) {
        return step instanceof Node node && node.isBuilt() ? node.relationName().toString() : null;
    }

    static String materialized(Step step) {
        return step instanceof Node node ? node.materialized() : "unit";
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
     * @param inputs versions of what it reads; null if it was not attempted, or is to be again
     * @param about the relations that it tests; none if it is no test
     */
    void nodeEnded(
            RunRecord run,
            Step step,
            NodeOutcome outcome,
            @Nullable String inputs,
            Set<String> about,
            Instant at) {
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
                                                    step.id()))
                                    .update();
                    // Nothing is updated if the run was given up in the meantime.
                    if (updated > 0 && inputs != null) {
                        remember(run, step, outcome, inputs, at);
                    }
                    if (outcome.placed() && step instanceof Node node && node.isBuilt()) {
                        String relation = node.relationName().toString();
                        checks.rebuilt(relation);
                        messages.changed(run, List.of(relation), outcome.rows(), at);
                    }
                    for (String relation : judged(step, outcome.status(), about)) {
                        messages.checked(run, relation, checks.of(relation), at);
                    }
                });
    }

    /** The relations of which something else is known by a test. */
    private List<String> judged(Step step, NodeStatus status, Set<String> about) {
        return switch (status) {
            case FAIL, ERROR -> about.isEmpty() ? List.of() : checks.failed(about, step);
            case PASS, WARN -> checks.passed(step);
            default -> List.of();
        };
    }

    private void remember(
            RunRecord run, Step step, NodeOutcome outcome, String inputs, Instant at) {
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
                                step.id(),
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

    /** Ends a run once; whoever comes later changes nothing. */
    boolean end(RunRecord run, RunChanged.State state, @Nullable String message, Instant at) {
        String shown = message == null ? null : Shortened.to(NodeOutcome.MAX_MESSAGE, message);
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
                                                            RunRecord.text(state),
                                                            shown,
                                                            at(at),
                                                            run.id()))
                                            .update();
                            if (updated == 0) {
                                return false;
                            }
                            // Whether the new relation took its place before its node was left so
                            // cannot be known, and who reads it must not miss it.
                            messages.changed(run, endNodes(run, shown, at), null, at);
                            messages.ended(run, state, at);
                            return true;
                        }));
    }

    /** Ends the nodes that nobody has; the relations of those that were being built. */
    private List<String> endNodes(RunRecord run, @Nullable String message, Instant at) {
        return jdbc
                .sql(
                        """
                        WITH left_over AS (
                          SELECT node_id, status = 'running' AS begun FROM transform.run_node
                          WHERE run_id = ? AND status IN ('pending', 'running') FOR UPDATE)
                        UPDATE transform.run_node n
                        SET status = CASE WHEN l.begun THEN 'error' ELSE 'skipped' END,
                            message = ?, ended_at = ?
                        FROM left_over l
                        WHERE n.run_id = ? AND n.node_id = l.node_id
                        RETURNING CASE WHEN l.begun THEN n.relation END AS relation
                        """)
                .params(parameters(run.id(), message, at(at), run.id()))
                .query((row, number) -> Optional.ofNullable(row.getString("relation")))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    void requestCancel(String run) {
        jdbc.sql("UPDATE transform.run SET cancel_requested = true WHERE id = ?")
                .param(run)
                .update();
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

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
