package dev.millrace.transform.run.graph;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.run.node.NodeOutcome;
import dev.millrace.transform.run.node.NodeRunner;
import dev.millrace.transform.run.node.NodeStatus;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * One run: each node is carried out when all that it waits for is, as many at a time as there are
 * permits. What waits for a node that failed is skipped.
 */
public final class GraphRun {

    private static final Logger log = LoggerFactory.getLogger(GraphRun.class);

    private final Manifest manifest;
    private final List<Step> steps;
    private final BuildOrder order;
    private final NodeRunner runner;
    private final Means means;
    private final Progress progress;
    private final Map<String, Set<RelationName>> later = new HashMap<>();
    private final Set<Session> sessions = new LinkedHashSet<>();
    private @Nullable String stopped;

    /**
     * What a run works with.
     *
     * @param threads as many permits as nodes may be carried out at a time
     * @param failFast whether the first failure stops the rest
     */
    public record Means(
            Sessions sessions, Semaphore threads, Executor executor, boolean failFast) {}

    /** Opens sessions in the warehouse. */
    @FunctionalInterface
    public interface Sessions {
        Session open() throws SQLException;
    }

    /**
     * @param steps what to carry out; each node stands after those that it reads
     */
    public GraphRun(
            Manifest manifest,
            List<? extends Step> steps,
            BuildOrder order,
            NodeRunner runner,
            Means means,
            Progress progress) {
        this.manifest = manifest;
        this.steps = List.copyOf(steps);
        this.order = order;
        this.runner = runner;
        this.means = means;
        this.progress = progress;
        findLater();
    }

    /** What the run still builds from each node. */
    private void findLater() {
        List<Node> built = new ArrayList<>();
        Map<String, List<Node>> readers = new HashMap<>();
        for (Step step : steps) {
            if (step instanceof Node node && !node.isTest()) {
                built.add(node);
                order.waitsFor(node.id())
                        .forEach(
                                id ->
                                        readers.computeIfAbsent(id, k -> new ArrayList<>())
                                                .add(node));
            }
        }
        for (Node node : built.reversed()) {
            Set<RelationName> relations = new HashSet<>();
            for (Node reader : readers.getOrDefault(node.id(), List.of())) {
                relations.add(reader.relationName());
                relations.addAll(later.getOrDefault(reader.id(), Set.of()));
            }
            later.put(node.id(), relations);
        }
    }

    /** Carries out every node; how each ended. */
    public Map<String, NodeOutcome> execute() {
        Map<String, CompletableFuture<NodeOutcome>> futures = new LinkedHashMap<>();
        for (Step step : waitedForFirst()) {
            Map<String, CompletableFuture<NodeOutcome>> awaited = new LinkedHashMap<>();
            for (String id : order.waitsFor(step.id())) {
                CompletableFuture<NodeOutcome> future = futures.get(id);
                if (future != null) {
                    awaited.put(id, future);
                }
            }
            futures.put(
                    step.id(),
                    CompletableFuture.allOf(awaited.values().toArray(CompletableFuture[]::new))
                            .thenApplyAsync(ignored -> carryOut(step, awaited), means.executor())
                            .exceptionally(e -> unforeseen(step, e)));
        }
        // None of them fails, so that the run does not end before the last of its nodes.
        Map<String, NodeOutcome> outcomes = new LinkedHashMap<>();
        futures.forEach((id, future) -> outcomes.put(id, future.join()));
        return outcomes;
    }

    /** Tests stand between what they are about and what reads that. */
    private List<Step> waitedForFirst() {
        Map<String, Step> byId = new HashMap<>();
        steps.forEach(step -> byId.put(step.id(), step));
        Map<String, Step> ordered = new LinkedHashMap<>();
        steps.forEach(step -> visit(step, byId, new HashSet<>(), ordered));
        return List.copyOf(ordered.values());
    }

    private void visit(
            Step step, Map<String, Step> byId, Set<String> open, Map<String, Step> ordered) {
        if (ordered.containsKey(step.id()) || !open.add(step.id())) {
            return;
        }
        for (String id : new TreeSet<>(order.waitsFor(step.id()))) {
            Step awaited = byId.get(id);
            if (awaited != null) {
                visit(awaited, byId, open, ordered);
            }
        }
        ordered.put(step.id(), step);
    }

    /** Stops what is being built, and begins no more; the first reason counts. */
    public void cancel(String reason) {
        synchronized (sessions) {
            stopped = stopped == null ? reason : stopped;
            sessions.forEach(Session::cancel);
        }
    }

    /** Why it was stopped; null if it was not. */
    public @Nullable String stopped() {
        synchronized (sessions) {
            return stopped;
        }
    }

    /** What could not even be told; the end of the run does that. */
    private static NodeOutcome unforeseen(Step step, Throwable e) {
        log.error("How {} ended cannot be told", step.id(), e);
        return NodeOutcome.error(String.valueOf(e.getMessage()));
    }

    private NodeOutcome carryOut(Step step, Map<String, CompletableFuture<NodeOutcome>> awaited) {
        try {
            for (Map.Entry<String, CompletableFuture<NodeOutcome>> each : awaited.entrySet()) {
                NodeStatus status = each.getValue().join().status();
                if (!status.isGood()) {
                    return ended(step, NodeOutcome.skipped(because(each.getKey(), status)));
                }
            }
            means.threads().acquire();
            try {
                return ended(step, attempt(step));
            } finally {
                means.threads().release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ended(step, cancelled());
        }
    }

    private NodeOutcome cancelled() {
        String reason = stopped();
        return NodeOutcome.cancelled(reason == null ? "the run was stopped" : reason);
    }

    private String because(String id, NodeStatus status) {
        Step step = manifest.step(id).orElse(null);
        String name = step == null ? id : step.name();
        String what =
                step != null && step.isTest()
                        ? "the test '" + name + "'"
                        : "'" + name + "', which it reads,";
        return switch (status) {
            case ERROR, FAIL, PARTIAL_SUCCESS -> what + " failed";
            case CANCELLED -> String.valueOf(cancelled().message());
            default -> what + " was skipped";
        };
    }

    private NodeOutcome attempt(Step step) {
        if (stopped() != null) {
            return cancelled();
        }
        progress.began(step);
        NodeOutcome obstacle = progress.obstacle(step);
        if (obstacle != null) {
            return obstacle;
        }
        try {
            return inSession(step);
        } catch (SQLException e) {
            return NodeOutcome.error("the warehouse cannot be reached: " + Session.problem(e));
        } catch (RuntimeException | StackOverflowError e) {
            log.error("{} failed outside of its SQL", step.id(), e);
            return NodeOutcome.error(String.valueOf(e.getMessage()));
        }
    }

    private NodeOutcome inSession(Step step) throws SQLException {
        try (Session session = means.sessions().open()) {
            synchronized (sessions) {
                sessions.add(session);
                if (stopped != null) {
                    session.cancel();
                }
            }
            try {
                NodeOutcome outcome =
                        runner.run(
                                session,
                                step,
                                later.getOrDefault(step.id(), Set.of()),
                                sql -> progress.compiled(step, sql));
                if (outcome.status() != NodeStatus.CANCELLED) {
                    return outcome;
                }
                return stopped() != null
                        ? cancelled()
                        : NodeOutcome.error(step.position().file() + ": " + outcome.message());
            } finally {
                synchronized (sessions) {
                    sessions.remove(session);
                }
            }
        }
    }

    private NodeOutcome ended(Step step, NodeOutcome outcome) {
        progress.ended(step, outcome);
        if (means.failFast() && outcome.status().isFailure()) {
            cancel("'" + step.name() + "' failed, and the run was to stop at the first failure");
        }
        return outcome;
    }
}
