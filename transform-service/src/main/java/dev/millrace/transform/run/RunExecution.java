package dev.millrace.transform.run;

import dev.millrace.contracts.event.RunChanged;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.Compiled;
import dev.millrace.transform.model.Materialized;
import dev.millrace.transform.model.ModelGraph;
import dev.millrace.transform.model.Node;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * One run: each node is built when all that it reads is, as many at a time as there are threads.
 */
final class RunExecution {

    private static final Logger log = LoggerFactory.getLogger(RunExecution.class);
    private static final NodeOutcome COMPILED_ONLY = NodeOutcome.success(null, "EPHEMERAL");

    private final RunRecord run;
    private final ModelGraph graph;
    private final List<Node> nodes;
    private final Means means;
    private final NodeRunner runner;
    private final Inputs inputs;
    private final Set<Session> sessions = new LinkedHashSet<>();
    private @Nullable StopReason stopped;

    /**
     * What every run works with.
     *
     * @param seedText contents of the file at a path
     * @param threads as many permits as nodes may be built at a time, in all runs together
     */
    record Means(
            ModelsDatabase warehouse,
            RunStore store,
            ModelState state,
            Function<String, String> seedText,
            Semaphore threads,
            Executor executor,
            Clock clock) {}

    /**
     * A run that has not begun.
     *
     * @param nodes what to build; each stands after those that it reads
     */
    RunExecution(
            RunRecord run, ModelGraph graph, List<Node> nodes, Means means, NodeRunner runner) {
        this.run = run;
        this.graph = graph;
        this.nodes = List.copyOf(nodes);
        this.means = means;
        this.runner = runner;
        this.inputs = new Inputs(graph);
    }

    RunRecord run() {
        return run;
    }

    /** Builds every node; how the run ended. */
    RunChanged.State execute() {
        Map<String, CompletableFuture<NodeOutcome>> outcomes = new HashMap<>();
        for (Node node : nodes) {
            Map<String, CompletableFuture<NodeOutcome>> parents = new HashMap<>();
            graph.parents(node.id())
                    .forEach(
                            id -> {
                                CompletableFuture<NodeOutcome> parent = outcomes.get(id);
                                if (parent != null) {
                                    parents.put(id, parent);
                                }
                            });
            outcomes.put(
                    node.id(),
                    CompletableFuture.allOf(parents.values().toArray(CompletableFuture[]::new))
                            .thenApplyAsync(ignored -> carryOut(node, parents), means.executor())
                            .exceptionally(e -> unforeseen(node, e)));
        }
        // None of them fails, so that the run does not end before the last of its nodes.
        Collection<NodeOutcome> ended =
                outcomes.values().stream().map(CompletableFuture::join).toList();
        if (isCancelled()) {
            return RunChanged.State.CANCELLED;
        }
        boolean failed = ended.stream().anyMatch(o -> o.status() == NodeStatus.ERROR);
        return failed ? RunChanged.State.FAILED : RunChanged.State.SUCCEEDED;
    }

    /** Stops what is being built, and builds no more. */
    void cancel(StopReason reason) {
        synchronized (sessions) {
            stopped = stopped == null ? reason : stopped;
            sessions.forEach(Session::cancel);
        }
    }

    /** Why it was stopped; null if it was not. */
    @Nullable StopReason stopped() {
        synchronized (sessions) {
            return stopped;
        }
    }

    private boolean isCancelled() {
        return stopped() != null;
    }

    private NodeOutcome cancelled() {
        StopReason reason = stopped();
        return NodeOutcome.cancelled((reason == null ? StopReason.SHUTDOWN : reason).text());
    }

    /** What could not even be written down; the end of the run does that. */
    private NodeOutcome unforeseen(Node node, Throwable e) {
        log.error("How {} ended in run {} cannot be written down", node.id(), run.id(), e);
        return NodeOutcome.error(String.valueOf(e.getMessage()));
    }

    private NodeOutcome carryOut(Node node, Map<String, CompletableFuture<NodeOutcome>> parents) {
        try {
            for (Map.Entry<String, CompletableFuture<NodeOutcome>> parent : parents.entrySet()) {
                NodeStatus status = parent.getValue().join().status();
                if (status != NodeStatus.SUCCESS) {
                    return ended(node, NodeOutcome.skipped(because(parent.getKey(), status)), null);
                }
            }
            means.threads().acquire();
            try {
                return build(node);
            } finally {
                means.threads().release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ended(node, cancelled(), null);
        }
    }

    private String because(String parent, NodeStatus status) {
        Node node = graph.nodes().get(parent);
        String name = node == null ? parent : node.name();
        return switch (status) {
            case ERROR -> "'" + name + "', which it reads, failed";
            case CANCELLED -> String.valueOf(cancelled().message());
            default -> "'" + name + "', which it reads, was skipped";
        };
    }

    private NodeOutcome build(Node node) {
        String read = inputs.versions(node, means.state().versions(inputs.relations(node)));
        NodeOutcome outcome;
        try {
            // A query that is written into others needs nothing to be there itself.
            Set<String> missing = node.isBuilt() ? missing(node) : Set.of();
            if (isCancelled()) {
                outcome = cancelled();
            } else if (!missing.isEmpty()) {
                String several = missing.size() > 1 ? " have" : " has";
                outcome =
                        NodeOutcome.skipped(
                                String.join(", ", missing) + several + " no records yet");
            } else {
                Compiled compiled = runner.compile(node);
                means.store()
                        .nodeBegan(run.id(), node.id(), compiled.sql(), means.clock().instant());
                outcome = node.isBuilt() ? inSession(node, compiled) : COMPILED_ONLY;
            }
        } catch (JinjaException e) {
            outcome = NodeOutcome.error(String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            outcome = NodeOutcome.error("the warehouse cannot be reached: " + Session.problem(e));
        } catch (RuntimeException | StackOverflowError e) {
            log.error("{} in run {} failed outside of its SQL", node.id(), run.id(), e);
            outcome = NodeOutcome.error(String.valueOf(e.getMessage()));
        }
        return ended(node, outcome, read);
    }

    private Set<String> missing(Node node) throws SQLException {
        Set<RelationName> sources = inputs.sources(node);
        Set<String> existing =
                means.warehouse().existing(sources.stream().map(RelationName::quoted).toList());
        Set<String> missing = new TreeSet<>();
        sources.stream()
                .filter(source -> !existing.contains(source.quoted()))
                .forEach(source -> missing.add(source.toString()));
        return missing;
    }

    private NodeOutcome inSession(Node node, Compiled compiled) throws SQLException {
        try (Session session = means.warehouse().session()) {
            synchronized (sessions) {
                sessions.add(session);
                if (stopped != null) {
                    session.cancel();
                }
            }
            try {
                String text =
                        node.settings().materialized() == Materialized.SEED
                                ? means.seedText().apply(node.path())
                                : "";
                NodeOutcome outcome = runner.build(session, node, compiled, text, builtAfter(node));
                if (outcome.status() != NodeStatus.CANCELLED) {
                    return outcome;
                }
                return isCancelled()
                        ? cancelled()
                        : NodeOutcome.error(node.path() + ": " + outcome.message());
            } finally {
                synchronized (sessions) {
                    sessions.remove(session);
                }
            }
        }
    }

    /** What the run still builds from this node. */
    private Set<RelationName> builtAfter(Node node) {
        Set<String> descendants = new TreeSet<>();
        Set<RelationName> relations = new TreeSet<>();
        for (Node other : nodes) {
            boolean reads =
                    graph.parents(other.id()).stream()
                            .anyMatch(id -> id.equals(node.id()) || descendants.contains(id));
            if (reads) {
                descendants.add(other.id());
                relations.add(other.relation());
            }
        }
        return relations;
    }

    private NodeOutcome ended(Node node, NodeOutcome outcome, @Nullable String read) {
        means.store()
                .nodeEnded(
                        run,
                        node,
                        outcome,
                        isAnAttempt(outcome.status()) ? read : null,
                        means.clock().instant());
        if (outcome.status() == NodeStatus.ERROR) {
            log.warn("{} failed in run {}: {}", node.id(), run.id(), outcome.message());
        }
        return outcome;
    }

    /** Whether the node is left alone for a while, as it would end no better. */
    private boolean isAnAttempt(NodeStatus status) {
        return switch (status) {
            case SUCCESS, ERROR -> true;
            // Who cancels a run that began by itself does not want another in its place at once.
            case CANCELLED -> stopped() == StopReason.ASKED && !run.isRequested();
            case PENDING, RUNNING, SKIPPED -> false;
        };
    }
}
