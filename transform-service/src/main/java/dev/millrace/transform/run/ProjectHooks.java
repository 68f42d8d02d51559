package dev.millrace.transform.run;

import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.run.node.Finished;
import dev.millrace.transform.run.node.NodeOutcome;
import dev.millrace.transform.run.node.RunHooks;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;

/** The statements that a project has run before and after the nodes of each run. */
final class ProjectHooks {

    private final RunHooks hooks;
    private final ModelsDatabase warehouse;
    private final Semaphore threads;
    private @Nullable Session running;
    private boolean cancelled;

    /**
     * @param threads as many permits as there may be sessions at a time
     */
    ProjectHooks(RunHooks hooks, ModelsDatabase warehouse, Semaphore threads) {
        this.hooks = hooks;
        this.warehouse = warehouse;
        this.threads = threads;
    }

    /** Carries out those that go before; what went wrong, or null. */
    @Nullable String before() {
        return run(hooks.first(), (session, hook) -> hooks.start(session, hook, sql -> {}));
    }

    /** Carries out those that go after; what went wrong, or null. */
    @Nullable String after(List<Finished> results) {
        return run(hooks.last(), (session, hook) -> hooks.end(session, hook, results, sql -> {}));
    }

    /** Stops the one that is under way, and every later one. */
    void cancel() {
        Session session;
        synchronized (this) {
            cancelled = true;
            session = running;
        }
        if (session != null) {
            session.cancel();
        }
    }

    /** As in dbt, the others are carried out although one failed. */
    private @Nullable String run(
            List<Node> nodes, BiFunction<Session, Node, NodeOutcome> statement) {
        String problem = null;
        for (Node hook : nodes) {
            NodeOutcome outcome = outcome(hook, statement);
            if (!outcome.status().isGood() && problem == null) {
                problem = hook.name() + ": " + outcome.message();
            }
        }
        return problem;
    }

    private NodeOutcome outcome(Node hook, BiFunction<Session, Node, NodeOutcome> statement) {
        threads.acquireUninterruptibly();
        try (Session session = warehouse.session()) {
            if (!begin(session)) {
                return NodeOutcome.skipped("the run was stopped");
            }
            return statement.apply(session, hook);
        } catch (SQLException e) {
            return NodeOutcome.error("the warehouse cannot be reached: " + Session.problem(e));
        } finally {
            end();
            threads.release();
        }
    }

    private synchronized boolean begin(Session session) {
        if (!cancelled) {
            running = session;
        }
        return !cancelled;
    }

    private synchronized void end() {
        running = null;
    }
}
