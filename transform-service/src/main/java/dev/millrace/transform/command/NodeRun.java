package dev.millrace.transform.command;

import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.context.Invocation;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.select.Command;
import dev.millrace.transform.run.graph.BuildOrder;
import dev.millrace.transform.run.graph.GraphRun;
import dev.millrace.transform.run.node.BatchResults;
import dev.millrace.transform.run.node.NodeOutcome;
import dev.millrace.transform.run.node.NodeRunner;
import dev.millrace.transform.run.node.RunHooks;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Carries out the nodes that a command is about, between the project's hooks. */
final class NodeRun {

    private static final long STOPPING_SECONDS = 30;
    private static final String STOPPED = "the command was stopped";

    private final OpenProject project;
    private final Console console;
    private final Asked asked;

    /**
     * What is asked for.
     *
     * @param command decides whether tests stop what is downstream
     * @param steps what to carry out
     * @param nothing ids of what is selected, and has nothing to be carried out
     * @param batches how batches of models ended in an earlier run that this one makes good, by id
     * @param deferral where to read what is not built here
     * @param written options for {@code run_results.json}
     */
    record Asked(
            Command command,
            List<Step> steps,
            List<String> nothing,
            BuildingOptions building,
            Map<String, BatchResults> batches,
            Deferral deferral,
            Map<String, Object> written) {}

    NodeRun(OpenProject project, Console console, Asked asked) {
        this.project = project;
        this.console = console;
        this.asked = asked;
    }

    /** Does it, and writes its artifacts; the exit code. */
    int execute() throws CommandFailedException, IOException {
        List<Step> steps = asked.steps();
        console.tell(
                "Concurrency: %s (target='%s')"
                        .formatted(
                                NodeTitle.counted(
                                        project.destination().target().threads(), "thread"),
                                project.destination().target().name()));
        console.tell("");
        Set<String> selected = steps.stream().map(Step::id).collect(Collectors.toSet());
        Invocation invocation = asked.building().of(project.workspace().invocation(), selected);
        try (Connections connections = project.connections();
                ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            NodeRunner runner =
                    project.runner(invocation)
                            .retrying(asked.batches())
                            .deferring(asked.deferral().among(connections, selected));
            RunHooks hooks = new RunHooks(project.manifest(), runner);
            int total =
                    steps.size()
                            + asked.nothing().size()
                            + hooks.first().size()
                            + hooks.last().size();
            RunReport report = new RunReport(console, project.surroundings().clock(), total);
            return execute(connections, executor, runner, hooks, report);
        } catch (SQLException e) {
            throw new CommandFailedException(
                    "the warehouse "
                            + project.destination().told()
                            + " cannot be reached: "
                            + Session.problem(e),
                    e);
        }
    }

    private int execute(
            Connections connections,
            ExecutorService executor,
            NodeRunner runner,
            RunHooks hooks,
            RunReport report)
            throws IOException, CommandFailedException, SQLException {
        Instant began = project.surroundings().clock().instant();
        GraphRun run =
                new GraphRun(
                        project.manifest(),
                        asked.steps(),
                        asked.command() == Command.BUILD
                                ? BuildOrder.withTests(project.manifest(), asked.steps())
                                : BuildOrder.of(project.manifest(), asked.steps()),
                        runner,
                        new GraphRun.Means(
                                connections,
                                new Semaphore(project.destination().target().threads()),
                                executor,
                                asked.building().failFast()),
                        report);
        CountDownLatch over = new CountDownLatch(1);
        Thread stopping = new Thread(() -> stop(run, over), "stop");
        Runtime.getRuntime().addShutdownHook(stopping);
        try {
            boolean ready = true;
            for (Node hook : hooks.first()) {
                ready &=
                        hook(connections, hook, report, (s, sql) -> hooks.start(s, hook, sql))
                                .status()
                                .isGood();
            }
            if (ready) {
                run.execute();
            } else {
                asked.steps()
                        .forEach(
                                step ->
                                        report.ended(
                                                step,
                                                NodeOutcome.skipped("a hook at the start failed")));
            }
            for (Node hook : hooks.last()) {
                hook(
                        connections,
                        hook,
                        report,
                        (s, sql) -> hooks.end(s, hook, report.finished(), sql));
            }
            asked.nothing().forEach(report::nothing);
            Duration elapsed = Duration.between(began, project.surroundings().clock().instant());
            report.summary(elapsed);
            new RunArtifacts(project).write(report, elapsed, asked.written());
            return report.exitCode();
        } finally {
            over.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(stopping);
            } catch (IllegalStateException e) {
                // The process is ending already, and waits for this.
            }
        }
    }

    /** What was begun is cancelled, so that nothing of it goes on in the warehouse. */
    private static void stop(GraphRun run, CountDownLatch over) {
        run.cancel(STOPPED);
        try {
            over.await(STOPPING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface HookCall {
        NodeOutcome run(Session session, Consumer<String> compiled);
    }

    private static NodeOutcome hook(
            Connections connections, Node hook, RunReport report, HookCall call)
            throws SQLException {
        report.began(hook);
        try (Session session = connections.open()) {
            NodeOutcome outcome = call.run(session, sql -> report.compiled(hook, sql));
            report.ended(hook, outcome);
            return outcome;
        }
    }
}
