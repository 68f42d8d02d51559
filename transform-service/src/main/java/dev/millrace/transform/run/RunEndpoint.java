package dev.millrace.transform.run;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;

import dev.millrace.contracts.event.RunChanged;
import dev.millrace.operations.problem.Refusal;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.select.InvalidSelectionException;
import dev.millrace.transform.run.node.DryNode;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Lets operators run models, and look at runs. */
@RestController
@RequestMapping("/operator/runs")
class RunEndpoint {

    private static final int MAX_PAGE = 200;

    private final Runs runs;
    private final RunHistory history;

    RunEndpoint(Runs runs, RunHistory history) {
        this.runs = runs;
        this.history = history;
    }

    record RunBody(
            @Nullable String select,
            @Nullable String exclude,
            @Nullable Map<String, Object> vars,
            @JsonProperty("full_refresh") @JsonAlias("fullRefresh") @Nullable Boolean fullRefresh,
            @JsonProperty("store_failures") @JsonAlias("storeFailures")
                    @Nullable Boolean storeFailures,
            @JsonProperty("dry_run") @JsonAlias("dryRun") @Nullable Boolean dryRun) {

        RunRequest request(@Nullable String idempotencyKey) {
            return new RunRequest(
                    RunRequest.REQUESTED,
                    select == null ? "" : select.strip(),
                    exclude == null ? "" : exclude.strip(),
                    vars == null ? Map.of() : vars,
                    idempotencyKey,
                    new RunRequest.Flags(
                            Boolean.TRUE.equals(fullRefresh), Boolean.TRUE.equals(storeFailures)));
        }
    }

    record RunView(
            String id,
            int number,
            String cause,
            String select,
            String exclude,
            String revision,
            String status,
            @Nullable String message,
            Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable List<NodeView> nodes) {

        static RunView of(RunRecord run, @Nullable List<NodeView> nodes) {
            return new RunView(
                    run.id(),
                    run.number(),
                    run.cause(),
                    run.select(),
                    run.exclude(),
                    run.revision(),
                    RunRecord.text(run.state()),
                    run.message(),
                    run.startedAt(),
                    run.endedAt(),
                    nodes);
        }
    }

    record NodeView(
            String node,
            @Nullable String relation,
            String materialized,
            String status,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable Double seconds,
            @Nullable Long rows,
            @Nullable String message,
            @Nullable String compiled) {

        static NodeView of(RunRecord.NodeRecord node) {
            Double seconds =
                    node.startedAt() == null || node.endedAt() == null
                            ? null
                            : Duration.between(node.startedAt(), node.endedAt()).toMillis()
                                    / 1000.0;
            return new NodeView(
                    node.node(),
                    node.relation(),
                    node.materialized(),
                    node.status().text(),
                    node.startedAt(),
                    node.endedAt(),
                    seconds,
                    node.rows(),
                    node.message(),
                    node.compiled());
        }
    }

    /**
     * A page of runs, the newest first.
     *
     * @param next what to pass as {@code before} for the next page; null on the last
     */
    record PageView(List<RunView> runs, @Nullable Integer next) {}

    /** What a run would do. */
    record PlanView(String revision, List<NodeView> nodes) {}

    @PostMapping
    ResponseEntity<Object> begin(
            @RequestBody(required = false) @Nullable RunBody body,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key) {
        RunBody asked = body == null ? new RunBody(null, null, null, null, null, null) : body;
        if (key != null && key.length() > 200) {
            throw Refusal.of(HttpStatus.BAD_REQUEST, "Idempotency-Key has at most 200 characters.");
        }
        RunRequest request = asked.request(key);
        try {
            if (Boolean.TRUE.equals(asked.dryRun())) {
                return ResponseEntity.ok(plan(request));
            }
            RunRecord run = runs.begin(request);
            return ResponseEntity.accepted()
                    .location(URI.create("/operator/runs/" + run.id()))
                    .body(RunView.of(run, null));
        } catch (InvalidSelectionException e) {
            throw Refusal.of(HttpStatus.UNPROCESSABLE_CONTENT, String.valueOf(e.getMessage()));
        } catch (RunRefusedException e) {
            HttpStatus status =
                    e.reason() == RunRefusedException.Reason.BUSY
                            ? HttpStatus.SERVICE_UNAVAILABLE
                            : HttpStatus.UNPROCESSABLE_CONTENT;
            throw Refusal.of(status, String.valueOf(e.getMessage()));
        }
    }

    private PlanView plan(RunRequest request)
            throws InvalidSelectionException, RunRefusedException {
        Runs.Plan plan = runs.plan(request);
        Map<String, DryNode> compiled = runs.compiled(plan);
        List<NodeView> nodes = new ArrayList<>();
        for (Step step : plan.steps()) {
            DryNode dry = compiled.getOrDefault(step.id(), new DryNode(null, null));
            nodes.add(
                    new NodeView(
                            step.id(),
                            RunStore.relation(step),
                            RunStore.materialized(step),
                            dry.problem() == null ? "planned" : "error",
                            null,
                            null,
                            null,
                            null,
                            dry.problem(),
                            dry.sql()));
        }
        return new PlanView(plan.project().revision(), nodes);
    }

    @GetMapping
    PageView list(
            @RequestParam(name = "status", required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable Integer before,
            @RequestParam(defaultValue = "50") int limit) {
        int size = Math.clamp(limit, 1, MAX_PAGE);
        List<RunRecord> found = history.page(parsed(state), before, size + 1);
        boolean more = found.size() > size;
        List<RunRecord> page = more ? found.subList(0, size) : found;
        return new PageView(
                page.stream().map(run -> RunView.of(run, null)).toList(),
                more ? page.getLast().number() : null);
    }

    private static RunChanged.@Nullable State parsed(@Nullable String state) {
        if (state == null) {
            return null;
        }
        try {
            return RunChanged.State.valueOf(state.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw Refusal.of(
                    HttpStatus.BAD_REQUEST,
                    "The status is running, succeeded, failed or cancelled.");
        }
    }

    @GetMapping("/{id}")
    RunView one(@PathVariable String id) {
        RunRecord run = history.find(id).orElseThrow(() -> notFound(id));
        return RunView.of(run, history.nodes(id).stream().map(NodeView::of).toList());
    }

    @PostMapping("/{id}/cancel")
    ResponseEntity<RunView> cancel(@PathVariable String id) {
        RunRecord run = history.find(id).orElseThrow(() -> notFound(id));
        runs.cancel(id);
        return ResponseEntity.accepted().body(RunView.of(history.find(id).orElse(run), null));
    }

    private static ErrorResponseException notFound(String id) {
        return Refusal.of(HttpStatus.NOT_FOUND, "There is no run '" + id + "'.");
    }
}
