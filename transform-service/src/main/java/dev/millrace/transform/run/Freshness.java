package dev.millrace.transform.run;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Step;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Begins runs of what has fallen behind. It looks every second, and so looks closely only when
 * something happened since it last found nothing to do.
 */
class Freshness {

    private static final Logger log = LoggerFactory.getLogger(Freshness.class);
    private static final int LOCK_NUMBER = 0;

    /** Tables of others come without a word, and are to be found all the same. */
    private static final Duration CLOSE_LOOK = Duration.ofMinutes(1);

    private final Supplier<ProjectModels> models;
    private final ModelSettings settings;
    private final ModelsDatabase warehouse;
    private final ModelState state;
    private final RunHistory history;
    private final Runs runs;
    private final Clock clock;
    private @Nullable Quiet quiet;

    Freshness(
            Supplier<ProjectModels> models,
            ModelSettings settings,
            ModelsDatabase warehouse,
            ModelState state,
            RunHistory history,
            Runs runs,
            Clock clock) {
        this.models = models;
        this.settings = settings;
        this.warehouse = warehouse;
        this.state = state;
        this.history = history;
        this.runs = runs;
        this.clock = clock;
    }

    /**
     * How things stood when there was nothing to do.
     *
     * @param newestRun with those that run: what is known of nodes changes by runs only
     * @param until when there may be something to do though nothing else changed
     */
    private record Quiet(
            String revision,
            int newestRun,
            Set<String> running,
            Map<String, Long> versions,
            Instant until) {}

    /** Begins a run of what is due, unless such a run is under way anywhere. */
    synchronized Optional<RunRecord> refresh() throws SQLException {
        ProjectModels current = models.get();
        Optional<Manifest> graph = current.sound();
        if (graph.isEmpty() || isBusy(history.running())) {
            return Optional.empty();
        }
        Due due = closeLook(graph.get());
        if (due == null || due.nodes().isEmpty()) {
            return Optional.empty();
        }
        Optional<RunLock> lock = RunLock.take(warehouse, LOCK_NUMBER);
        if (lock.isEmpty()) {
            return Optional.empty();
        }
        try (RunLock held = lock.get()) {
            log.trace("What is due is built by the holder of {}", held);
            // Until here another may have built the same.
            return isBusy(history.running()) ? Optional.empty() : begin(current, graph.get());
        }
    }

    private static boolean isBusy(List<RunRecord> running) {
        return running.stream().anyMatch(run -> !run.isRequested());
    }

    /** What is due; null if nothing happened since nothing was. */
    private @Nullable Due closeLook(Manifest graph) throws SQLException {
        Instant now = clock.instant();
        int newestRun = history.newest();
        Set<String> running = new TreeSet<>();
        history.running().forEach(run -> running.add(run.id()));
        Map<String, Long> versions = state.versions(new Inputs(graph).all());
        Quiet before = quiet;
        if (before != null
                && before.revision().equals(graph.revision())
                && before.newestRun() == newestRun
                && before.running().equals(running)
                && before.versions().equals(versions)
                && now.isBefore(before.until())) {
            return null;
        }
        quiet = null;
        Due due = due(graph, versions);
        if (due.nodes().isEmpty()) {
            Instant latest = now.plus(CLOSE_LOOK);
            Instant until = due.next() == null || due.next().isAfter(latest) ? latest : due.next();
            quiet = new Quiet(graph.revision(), newestRun, running, versions, until);
        }
        return due;
    }

    private Optional<RunRecord> begin(ProjectModels current, Manifest graph) throws SQLException {
        Due due = due(graph, state.versions(new Inputs(graph).all()));
        if (due.nodes().isEmpty()) {
            return Optional.empty();
        }
        String select =
                due.nodes().size() == graph.nodes().values().stream().filter(Due::isKept).count()
                        ? ""
                        : String.join(" ", due.nodes().stream().map(Node::name).toList());
        RunRequest request = new RunRequest(due.cause(), select, "", Map.of(), null);
        try {
            return Optional.of(
                    runs.begin(
                            request,
                            new Runs.Plan(
                                    current.project(),
                                    current.required(),
                                    withTests(graph, due.nodes()),
                                    request.flags())));
        } catch (RunRefusedException e) {
            log.info("What is due has to wait: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** The tests of what is built run with it. */
    private static List<Step> withTests(Manifest graph, List<Node> due) {
        Set<String> ids = new TreeSet<>();
        due.forEach(node -> ids.add(node.id()));
        return graph.nodes().values().stream()
                .filter(Node::isRun)
                .filter(
                        node ->
                                ids.contains(node.id())
                                        || (node.isTest()
                                                && node.parents().stream().anyMatch(ids::contains)))
                .map(Step.class::cast)
                .toList();
    }

    private Due due(Manifest graph, Map<String, Long> versions) throws SQLException {
        return Due.of(
                graph, unbuildable(graph), state.attempts(), versions, settings, clock.instant());
    }

    /** Nodes that read, directly or not, a source table that is not there yet. */
    private Set<String> unbuildable(Manifest graph) throws SQLException {
        Inputs inputs = new Inputs(graph);
        Set<String> quoted = new TreeSet<>();
        graph.sources().values().forEach(source -> quoted.add(source.relation().name().quoted()));
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
