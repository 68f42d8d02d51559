package dev.millrace.transform.run;

import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.model.ModelGraph;
import dev.millrace.transform.model.Node;
import dev.millrace.transform.model.ReadableEnvironment;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Finds out what has fallen behind: everything when the project has a new revision, and tables when
 * what they read has changed since.
 */
class Freshness {

    private static final Logger log = LoggerFactory.getLogger(Freshness.class);
    private static final int LOCK_NUMBER = 0;

    private final Supplier<Project> projects;
    private final ReadableEnvironment environment;
    private final ModelSettings settings;
    private final ModelsDatabase warehouse;
    private final ModelState state;
    private final RunStore store;
    private final Runs runs;
    private final Clock clock;

    Freshness(
            Supplier<Project> projects,
            ReadableEnvironment environment,
            ModelSettings settings,
            ModelsDatabase warehouse,
            ModelState state,
            RunStore store,
            Runs runs,
            Clock clock) {
        this.projects = projects;
        this.environment = environment;
        this.settings = settings;
        this.warehouse = warehouse;
        this.state = state;
        this.store = store;
        this.runs = runs;
        this.clock = clock;
    }

    /** Begins a run of what is due, unless such a run is under way anywhere. */
    Optional<RunRecord> refresh() throws SQLException {
        Optional<RunLock> lock = RunLock.take(warehouse, LOCK_NUMBER);
        if (lock.isEmpty()) {
            return Optional.empty();
        }
        try (RunLock held = lock.get()) {
            boolean busy = store.running().stream().anyMatch(run -> !run.cause().equals("request"));
            if (busy) {
                log.trace("A run of what is due is under way, says the holder of {}", held);
                return Optional.empty();
            }
            return begin();
        }
    }

    private Optional<RunRecord> begin() throws SQLException {
        Project project = projects.get();
        Problems problems = new Problems();
        Optional<ModelGraph> graph = ModelGraph.read(project, environment, problems);
        if (graph.isEmpty() || !problems.isEmpty()) {
            return Optional.empty();
        }
        Due due = due(graph.get());
        if (due.nodes().isEmpty()) {
            return Optional.empty();
        }
        RunRequest request =
                new RunRequest(due.cause(), names(due, graph.get()), "", Map.of(), null);
        try {
            return Optional.of(
                    runs.begin(request, new Runs.Plan(project, graph.get(), due.nodes())));
        } catch (RunRefusedException e) {
            log.info("What is due has to wait: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static String names(Due due, ModelGraph graph) {
        return due.nodes().size() == graph.nodes().size()
                ? ""
                : String.join(" ", due.nodes().stream().map(Node::name).toList());
    }

    /**
     * What is to be built, and why.
     *
     * @param cause {@code revision} or {@code freshness}
     */
    record Due(String cause, List<Node> nodes) {}

    Due due(ModelGraph graph) throws SQLException {
        Map<String, ModelState.Attempt> attempts = state.attempts();
        Map<String, Long> versions = state.versions();
        Inputs inputs = new Inputs(graph);
        Set<String> unbuildable = unbuildable(graph, inputs);
        Instant now = clock.instant();
        Set<String> due = new TreeSet<>();
        boolean newRevision = false;
        for (Node node : graph.nodes().values()) {
            if (unbuildable.contains(node.id())) {
                continue;
            }
            ModelState.Attempt last = attempts.get(node.id());
            boolean readsDue =
                    graph.parents(node.id()).stream().anyMatch(due::contains)
                            && !Inputs.holdsNoRows(node);
            if (last == null || !last.revision().equals(graph.revision())) {
                newRevision = true;
                due.add(node.id());
            } else if (readsDue || isBehind(node, last, inputs, versions, now)) {
                due.add(node.id());
            }
        }
        List<Node> nodes = new ArrayList<>();
        graph.nodes().values().stream().filter(n -> due.contains(n.id())).forEach(nodes::add);
        return new Due(newRevision ? "revision" : "freshness", nodes);
    }

    private boolean isBehind(
            Node node,
            ModelState.Attempt last,
            Inputs inputs,
            Map<String, Long> versions,
            Instant now) {
        Duration lag = settings.targetLag();
        if (lag.isZero()) {
            return false;
        }
        Duration age = Duration.between(last.attemptedAt(), now);
        if (last.status() != NodeStatus.SUCCESS && age.compareTo(settings.retryAfter()) >= 0) {
            return true;
        }
        boolean changed = !last.inputs().equals(inputs.versions(node, versions));
        // A view shows what it reads; only one that failed has to be tried again.
        boolean canFallBehind = !Inputs.holdsNoRows(node) || last.status() != NodeStatus.SUCCESS;
        return canFallBehind && changed && age.compareTo(lag) >= 0;
    }

    /** Nodes that read, directly or not, a source table that is not there yet. */
    private Set<String> unbuildable(ModelGraph graph, Inputs inputs) throws SQLException {
        Set<String> quoted = new TreeSet<>();
        graph.sources().values().forEach(source -> quoted.add(source.relation().quoted()));
        Set<String> existing = warehouse.existing(quoted);
        Set<String> unbuildable = new TreeSet<>();
        for (Node node : graph.nodes().values()) {
            boolean missing =
                    inputs.sources(node).stream()
                            .map(RelationName::quoted)
                            .anyMatch(source -> !existing.contains(source));
            boolean readsUnbuildable =
                    graph.parents(node.id()).stream().anyMatch(unbuildable::contains);
            if (missing || readsUnbuildable) {
                unbuildable.add(node.id());
            }
        }
        return unbuildable;
    }
}
