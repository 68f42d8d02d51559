package dev.millrace.transform.run;

import dev.millrace.contracts.event.RunChanged;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.run.graph.BuildOrder;
import dev.millrace.transform.run.graph.GraphRun;
import dev.millrace.transform.run.graph.Progress;
import dev.millrace.transform.run.node.Finished;
import dev.millrace.transform.run.node.NodeOutcome;
import dev.millrace.transform.run.node.NodeRunner;
import dev.millrace.transform.run.node.NodeStatus;
import dev.millrace.transform.run.node.RunHooks;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/** One run of the service, with all that is written down of it. */
final class RunExecution {

    private static final Logger log = LoggerFactory.getLogger(RunExecution.class);

    private final RunRecord run;
    private final Means means;
    private final Manifest manifest;
    private final Inputs inputs;
    private final List<Step> steps;
    private final GraphRun graphRun;
    private final ProjectHooks hooks;
    private final Map<String, Instant> began = new ConcurrentHashMap<>();
    private final List<Finished> finished = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, String> read = new ConcurrentHashMap<>();
    private volatile @Nullable StopReason stopped;
    private volatile @Nullable String problem;

    /**
     * What every run works with.
     *
     * @param threads as many permits as nodes may be built at a time, in all runs together
     */
    record Means(
            ModelsDatabase warehouse,
            RunStore store,
            ModelState state,
            Semaphore threads,
            Executor executor,
            Clock clock) {}

    /**
     * A run that has not begun.
     *
     * @param steps what to carry out; each stands after those that it reads
     */
    RunExecution(
            RunRecord run,
            Manifest manifest,
            List<? extends Step> steps,
            Means means,
            NodeRunner runner) {
        this.run = run;
        this.means = means;
        this.manifest = manifest;
        this.inputs = new Inputs(manifest);
        this.steps = List.copyOf(steps);
        this.hooks =
                new ProjectHooks(
                        new RunHooks(manifest, runner), means.warehouse(), means.threads());
        this.graphRun =
                new GraphRun(
                        manifest,
                        steps,
                        BuildOrder.withTests(manifest, steps),
                        runner,
                        new GraphRun.Means(
                                means.warehouse()::session,
                                means.threads(),
                                means.executor(),
                                false),
                        new Writing());
    }

    RunRecord run() {
        return run;
    }

    /** Builds every node between the project's hooks; how the run ended. */
    RunChanged.State execute() {
        problem = hooks.before();
        if (problem != null && stopped == null) {
            Writing writing = new Writing();
            steps.forEach(
                    step -> writing.ended(step, NodeOutcome.skipped("a hook at the start failed")));
            hooks.after(finished());
            return RunChanged.State.FAILED;
        }
        Map<String, NodeOutcome> outcomes = graphRun.execute();
        if (graphRun.stopped() != null) {
            return RunChanged.State.CANCELLED;
        }
        problem = hooks.after(finished());
        if (stopped != null) {
            return RunChanged.State.CANCELLED;
        }
        boolean failed = outcomes.values().stream().anyMatch(o -> o.status().isFailure());
        return failed || problem != null ? RunChanged.State.FAILED : RunChanged.State.SUCCEEDED;
    }

    private List<Finished> finished() {
        synchronized (finished) {
            return List.copyOf(finished);
        }
    }

    /** What went wrong with the run itself, and not with one of its nodes; null if nothing did. */
    @Nullable String problem() {
        return stopped == null ? problem : null;
    }

    /** Stops what is being built, and builds no more. */
    void cancel(StopReason reason) {
        if (stopped == null) {
            stopped = reason;
        }
        hooks.cancel();
        graphRun.cancel(reason.text());
    }

    /** Why it was stopped; null if it was not. */
    @Nullable StopReason stopped() {
        return stopped;
    }

    /** Whether the node is left alone for a while, as it would end no better. */
    private boolean isAnAttempt(NodeStatus status) {
        return switch (status) {
            case SUCCESS, PARTIAL_SUCCESS, ERROR, PASS, WARN, FAIL -> true;
            // Who cancels a run that began by itself does not want another in its place at once.
            case CANCELLED -> stopped == StopReason.ASKED && !run.isRequested();
            case PENDING, RUNNING, SKIPPED -> false;
        };
    }

    /** Writes down how the run goes. */
    private final class Writing implements Progress {

        @Override
        public void began(Step step) {
            began.put(step.id(), means.clock().instant());
            if (!(step instanceof Node node)) {
                return;
            }
            read.put(
                    node.id(),
                    inputs.versions(node, means.state().versions(inputs.relations(node))));
        }

        @Override
        public void compiled(Step step, String sql) {
            means.store().nodeBegan(run.id(), step.id(), sql, means.clock().instant());
        }

        @Override
        public void ended(Step step, NodeOutcome outcome) {
            Instant now = means.clock().instant();
            finished.add(
                    new Finished(
                            step,
                            outcome,
                            Duration.between(began.getOrDefault(step.id(), now), now),
                            Thread.currentThread().getName()));
            means.store()
                    .nodeEnded(
                            run,
                            step,
                            outcome,
                            isAnAttempt(outcome.status()) ? read.get(step.id()) : null,
                            FailedChecks.about(manifest, step),
                            now);
            if (outcome.status().isFailure()) {
                log.warn("{} failed in run {}: {}", step.id(), run.id(), outcome.message());
            }
        }

        /** A stream has no table until its first record lands. */
        @Override
        public @Nullable NodeOutcome obstacle(Step step) {
            if (!(step instanceof Node node)) {
                return null;
            }
            try {
                Set<RelationName> sources = inputs.sources(node);
                Set<String> existing =
                        means.warehouse()
                                .existing(sources.stream().map(RelationName::quoted).toList());
                Set<String> missing = new TreeSet<>();
                sources.stream()
                        .filter(source -> !existing.contains(source.quoted()))
                        .forEach(source -> missing.add(source.toString()));
                if (missing.isEmpty()) {
                    return null;
                }
                String several = missing.size() > 1 ? " have" : " has";
                return NodeOutcome.skipped(
                        String.join(", ", missing) + several + " no records yet");
            } catch (SQLException e) {
                return NodeOutcome.error(
                        "the warehouse cannot be reached: "
                                + dev.millrace.transform.materialization.Session.problem(e));
            }
        }
    }
}
