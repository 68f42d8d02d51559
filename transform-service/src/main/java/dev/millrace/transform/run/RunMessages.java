package dev.millrace.transform.run;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.contracts.event.RunChanged;
import dev.millrace.contracts.topic.Topics;
import dev.millrace.transform.publish.ChangeBatches;
import dev.millrace.transform.publish.Datasets;
import dev.millrace.transform.publish.Outbox;
import dev.millrace.transform.run.RunRecord.NodeRecord;
import dev.millrace.transform.run.node.NodeOutcome;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.datasource.DataSourceUtils;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

import javax.sql.DataSource;

/** Tells others of runs and of what these build, in the transaction that is under way. */
class RunMessages {

    /** Characters that all messages of a run may have in what is told of it. */
    private static final int MAX_TOLD = 200_000;

    private static final int MIN_TOLD_MESSAGE = 100;

    private final DataSource database;
    private final RunHistory history;
    private final Outbox outbox;
    private final Datasets datasets;

    RunMessages(DataSource database, RunHistory history, Outbox outbox, Datasets datasets) {
        this.database = database;
        this.history = history;
        this.outbox = outbox;
        this.datasets = datasets;
    }

    void began(RunRecord run) {
        tell(run, RunChanged.State.RUNNING, List.of(), run.startedAt());
    }

    void ended(RunRecord run, RunChanged.State state, Instant at) {
        tell(run, state, outcomes(run), at);
    }

    /** Tells that a run has given relations new rows. */
    void changed(RunRecord run, List<String> relations, @Nullable Long rows, Instant at) {
        List<Datasets.Change> changes =
                relations.stream()
                        .map(
                                relation ->
                                        new Datasets.Change(
                                                relation,
                                                rows == null ? 0 : rows,
                                                null,
                                                List.of(),
                                                run.id()))
                        .toList();
        inTransaction(connection -> datasets.changed(connection, changes, run.revision(), at));
    }

    /** Tells which tests fail on the rows that a relation has. */
    void checked(RunRecord run, String relation, List<String> failedChecks, Instant at) {
        Datasets.Change change = new Datasets.Change(relation, 0, null, failedChecks, run.id());
        inTransaction(
                connection -> {
                    List<DatasetChanged> told =
                            datasets.changed(connection, List.of(change), run.revision(), at);
                    ChangeBatches.noteNothing(connection, told, at);
                    return told;
                });
    }

    private List<RunChanged.NodeOutcome> outcomes(RunRecord run) {
        List<NodeRecord> nodes = history.nodes(run.id());
        int limit =
                Math.clamp(
                        MAX_TOLD / Math.max(1, nodes.size()),
                        MIN_TOLD_MESSAGE,
                        NodeOutcome.MAX_MESSAGE);
        return nodes.stream().map(node -> node.outcome(limit)).toList();
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
}
