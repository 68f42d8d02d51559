package dev.millrace.transform.run;

import dev.millrace.contracts.event.RunChanged;
import dev.millrace.contracts.project.Project;
import dev.millrace.transform.materialization.LiveTables;
import dev.millrace.transform.materialization.Materializer;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.context.Invocation;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.parse.ManifestReader;
import dev.millrace.transform.model.select.InvalidSelectionException;
import dev.millrace.transform.run.node.DryNode;
import dev.millrace.transform.run.node.NodeRunner;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Begins runs, ends them, and gives up those whose process has died. */
class Runs implements AutoCloseable {

    /** Runs that one process has under way at a time. */
    static final int MAX_RUNS = 4;

    private static final Logger log = LoggerFactory.getLogger(Runs.class);
    private static final String ABANDONED = "given up: the process that ran it has ended";

    /** How long a stop waits for statements to be cancelled. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Supplier<ProjectModels> models;
    private final ModelReading reading;
    private final ModelSettings settings;
    private final ModelsDatabase warehouse;
    private final RunStore store;
    private final RunHistory history;
    private final ModelState state;
    private final LiveTables liveTables;
    private final Clock clock;
    private final Semaphore threads;
    private final Semaphore runs = new Semaphore(MAX_RUNS);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, RunExecution> underWay = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Runs(
            Supplier<ProjectModels> models,
            ModelReading reading,
            ModelSettings settings,
            ModelsDatabase warehouse,
            RunStore store,
            RunHistory history,
            ModelState state,
            LiveTables liveTables,
            Clock clock) {
        this.models = models;
        this.reading = reading;
        this.settings = settings;
        this.warehouse = warehouse;
        this.store = store;
        this.history = history;
        this.state = state;
        this.liveTables = liveTables;
        this.clock = clock;
        this.threads = new Semaphore(settings.threads());
    }

    /** What a run would do. */
    record Plan(
            Project project, ManifestReader.Read read, List<Step> steps, RunRequest.Flags flags) {

        Manifest graph() {
            return read.manifest();
        }
    }

    /**
     * Finds out what a request means.
     *
     * @throws InvalidSelectionException if the selection finds nothing
     * @throws RunRefusedException if the project has no models, or not with these variables
     */
    Plan plan(RunRequest request) throws InvalidSelectionException, RunRefusedException {
        ProjectModels current = models.get();
        ProjectModels asked =
                request.vars().isEmpty()
                        ? current
                        : reading.read(current.project(), request.vars());
        ManifestReader.Read read = asked.required();
        return new Plan(
                asked.project(),
                read,
                Selected.of(asked.project(), read, request),
                request.flags());
    }

    /**
     * Begins a run, or finds the one that was begun with the same idempotency key.
     *
     * @throws RunRefusedException if too many are under way
     */
    RunRecord begin(RunRequest request) throws InvalidSelectionException, RunRefusedException {
        if (request.idempotencyKey() != null) {
            Optional<RunRecord> earlier = history.findByIdempotencyKey(request.idempotencyKey());
            if (earlier.isPresent()) {
                return earlier.get();
            }
        }
        return begin(request, plan(request));
    }

    /** Begins a run of these steps. */
    RunRecord begin(RunRequest request, Plan plan) throws RunRefusedException {
        if (closed || !runs.tryAcquire()) {
            throw new RunRefusedException(
                    RunRefusedException.Reason.BUSY,
                    MAX_RUNS + " runs are under way; begin this one when one of them has ended.");
        }
        RunLock lock = null;
        boolean begun = false;
        try {
            int number = store.nextNumber();
            lock =
                    RunLock.take(warehouse, number)
                            .orElseThrow(() -> new IllegalStateException("run " + number));
            RunRecord run =
                    new RunRecord(
                            UUID.randomUUID().toString(),
                            number,
                            request.cause(),
                            request.select(),
                            request.exclude(),
                            plan.project().revision(),
                            RunChanged.State.RUNNING,
                            null,
                            clock.instant(),
                            null);
            store.begin(run, request, plan.steps());
            RunLock held = lock;
            RunExecution execution = execution(run, plan);
            underWay.put(run.id(), execution);
            if (closed) {
                execution.cancel(StopReason.SHUTDOWN); // the stop did not see it
            }
            executor.execute(() -> carryOut(execution, held));
            begun = true;
            return run;
        } catch (DuplicateKeyException e) {
            return history.findByIdempotencyKey(String.valueOf(request.idempotencyKey()))
                    .orElseThrow(() -> e);
        } catch (SQLException e) {
            throw unreachable(e);
        } finally {
            if (!begun) {
                runs.release();
                if (lock != null) {
                    lock.close();
                }
            }
        }
    }

    /**
     * What the nodes of a plan would run.
     *
     * @throws RunRefusedException if the warehouse, which templates may ask, cannot be reached
     */
    Map<String, DryNode> compiled(Plan plan) throws RunRefusedException {
        try (Session session = warehouse.session()) {
            return runner(plan, "dry-run", clock.instant()).compiled(session, plan.steps());
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    private RunRefusedException unreachable(SQLException e) {
        return new RunRefusedException(
                RunRefusedException.Reason.BUSY,
                "The warehouse cannot be reached as "
                        + settings.username()
                        + ": "
                        + e.getMessage());
    }

    private NodeRunner runner(Plan plan, String invocation, Instant startedAt) {
        Workspace workspace = plan.read().workspace();
        Invocation asked = workspace.invocation();
        return new NodeRunner(
                plan.graph(),
                workspace.during(
                        new Invocation(
                                invocation,
                                startedAt,
                                "build",
                                asked.vars(),
                                plan.flags().fullRefresh(),
                                false,
                                plan.flags().storeFailures(),
                                plan.steps().stream().map(Step::id).collect(Collectors.toSet()),
                                null,
                                null)),
                new Materializer(settings.lockPatience()),
                liveTables,
                path -> plan.project().files().text(path));
    }

    private RunExecution execution(RunRecord run, Plan plan) {
        RunExecution.Means means =
                new RunExecution.Means(warehouse, store, state, threads, executor, clock);
        return new RunExecution(
                run, plan.graph(), plan.steps(), means, runner(plan, run.id(), run.startedAt()));
    }

    private void carryOut(RunExecution execution, RunLock lock) {
        RunRecord run = execution.run();
        try (lock) {
            log.info("Run {} begins: {} ({})", run.id(), run.select(), run.cause());
            RunChanged.State ended = RunChanged.State.FAILED;
            String message = null;
            try {
                ended = execution.execute();
                boolean stopped = execution.stopped() == StopReason.SHUTDOWN;
                message = stopped ? StopReason.SHUTDOWN.text() : execution.problem();
            } catch (RuntimeException e) {
                log.error("Run {} could not be carried out", run.id(), e);
                message = String.valueOf(e.getMessage());
            }
            end(run, ended, message);
            log.info("Run {} ended: {}", run.id(), RunRecord.text(ended));
        } catch (RuntimeException e) {
            log.error("The end of run {} cannot be written down; it will be given up", run.id(), e);
        } finally {
            underWay.remove(run.id());
            runs.release();
        }
    }

    private boolean end(RunRecord run, RunChanged.State state, @Nullable String message) {
        boolean ended = store.end(run, state, message, clock.instant());
        store.prune(settings.historyLimit());
        return ended;
    }

    /** Stops a run, in whatever process it is; false if it has ended. */
    boolean cancel(String id) {
        Optional<RunRecord> run = history.find(id);
        if (run.isEmpty() || run.get().state() != RunChanged.State.RUNNING) {
            return false;
        }
        store.requestCancel(id);
        RunExecution here = underWay.get(id);
        if (here != null) {
            here.cancel(StopReason.ASKED);
        }
        return true;
    }

    /** Stops what another process asked to stop, and gives up what nobody runs any more. */
    void attend() {
        List<String> unwanted = underWay.isEmpty() ? List.of() : history.cancelRequested();
        for (String id : unwanted) {
            RunExecution here = underWay.get(id);
            if (here != null) {
                here.cancel(StopReason.ASKED);
            }
        }
        for (RunRecord run : history.running()) {
            if (!underWay.containsKey(run.id())) {
                giveUpIfAbandoned(run);
            }
        }
    }

    private void giveUpIfAbandoned(RunRecord run) {
        // Whoever runs it holds the lock for as long as its process lives.
        try {
            Optional<RunLock> lock = RunLock.take(warehouse, run.number());
            if (lock.isPresent()) {
                try (RunLock held = lock.get()) {
                    if (end(run, RunChanged.State.FAILED, ABANDONED)) {
                        log.warn("Run {} was given up; it held the lock {}", run.id(), held);
                    }
                }
            }
        } catch (SQLException e) {
            log.warn(
                    "Whether run {} is still under way cannot be found out: {}",
                    run.id(),
                    e.getMessage());
        }
    }

    /** Waits until a run that this process carries out has ended; for tests and for shutdown. */
    void await(String id) {
        RunExecution execution = underWay.get(id);
        while (execution != null && underWay.containsKey(id)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** Stops what is under way, and takes the threads away only when it has ended. */
    @Override
    public void close() {
        closed = true;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            do {
                // Again and again: a statement that is only about to begin hears of no cancel.
                underWay.values().forEach(execution -> execution.cancel(StopReason.SHUTDOWN));
                if (System.nanoTime() > deadline) {
                    log.warn("Runs that did not end in {} are left to who comes next", PATIENCE);
                    break;
                }
            } while (!runs.tryAcquire(MAX_RUNS, 100, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        executor.shutdownNow();
    }
}
