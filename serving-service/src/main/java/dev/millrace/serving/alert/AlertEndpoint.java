package dev.millrace.serving.alert;

import dev.millrace.contracts.project.DurationText;
import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.alert.Alert;
import dev.millrace.contracts.project.alert.AlertFiles;
import dev.millrace.operations.access.Operator;
import dev.millrace.operations.page.PageLimit;
import dev.millrace.operations.problem.Refusal;
import dev.millrace.operations.revision.ProjectRevisions;
import dev.millrace.serving.query.MetricQueryException;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import tools.jackson.databind.JsonNode;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

/** Shows operators how alerts stand, what they did and told, and lets them try one on history. */
@RestController
@RequestMapping("/operator/alerts")
class AlertEndpoint {

    private static final int MAX_LIMIT = 1_000;
    private static final int MAX_NOTE = 1_000;
    private static final int MAX_DEFINITION = 100_000;

    /** Replays at once: each is many queries. */
    private static final int REPLAYS = 2;

    private final ProjectRevisions revisions;
    private final AlertStore store;
    private final Replay replay;
    private final TransactionOperations transactions;
    private final Clock clock;
    private final Semaphore replays = new Semaphore(REPLAYS);

    AlertEndpoint(
            ProjectRevisions revisions,
            AlertStore store,
            Replay replay,
            TransactionOperations transactions,
            Clock clock) {
        this.revisions = revisions;
        this.store = store;
        this.replay = replay;
        this.transactions = transactions;
        this.clock = clock;
    }

    record AcknowledgementView(Instant at, String by, String note) {}

    /**
     * An instance of an alert.
     *
     * @param key names it among those of its alert
     * @param told what receivers know
     */
    record InstanceView(
            String alert,
            String key,
            Map<String, String> labels,
            @Nullable String severity,
            String state,
            Instant since,
            @Nullable Instant pendingSince,
            @Nullable Instant firedAt,
            @Nullable Instant resolvedAt,
            @Nullable BigDecimal value,
            @Nullable String note,
            Map<String, @Nullable Object> evidence,
            @Nullable String told,
            @Nullable Instant toldAt,
            @Nullable String mutedBy,
            @Nullable AcknowledgementView acknowledged) {

        static InstanceView of(String alert, Instance instance, @Nullable Alert definition) {
            Instance.Acknowledgement acknowledged = instance.acknowledgement();
            return new InstanceView(
                    alert,
                    instance.key(),
                    instance.labels(),
                    definition == null
                            ? null
                            : definition.severity().name().toLowerCase(Locale.ROOT),
                    instance.state().text(),
                    instance.since(),
                    instance.pendingSince(),
                    instance.firedAt(),
                    instance.resolvedAt(),
                    instance.value(),
                    instance.note(),
                    instance.evidence(),
                    instance.told() == null ? null : instance.told().text(),
                    instance.toldAt(),
                    instance.mutedBy(),
                    acknowledged == null
                            ? null
                            : new AcknowledgementView(
                                    acknowledged.at(), acknowledged.by(), acknowledged.note()));
        }
    }

    /**
     * How the evaluation of an alert goes.
     *
     * @param state ok, error, or waiting for the first
     */
    record RuleView(
            String name,
            String state,
            @Nullable Instant evaluatedAt,
            @Nullable Instant nextAt,
            int failures,
            @Nullable String error,
            @Nullable Instant errorSince,
            @Nullable String note) {

        static RuleView of(String name, AlertStore.@Nullable Row row) {
            return row == null
                    ? new RuleView(name, "waiting", null, null, 0, null, null, null)
                    : new RuleView(
                            name,
                            row.error() != null
                                    ? "error"
                                    : row.evaluatedAt() == null ? "waiting" : "ok",
                            row.evaluatedAt(),
                            row.nextAt(),
                            row.failures(),
                            row.error(),
                            row.errorSince(),
                            row.note());
        }
    }

    /**
     * A page of instances, and all alerts of the project.
     *
     * @param next what to give as {@code after} for the next page; empty on the last
     */
    record Page(List<RuleView> alerts, List<InstanceView> instances, @Nullable String next) {}

    record Detail(
            RuleView evaluation,
            String severity,
            String condition,
            String every,
            @Nullable String description,
            Map<String, String> labels,
            List<String> channels,
            List<InstanceView> instances) {}

    record ChangePage(List<AlertStore.Change> changes, @Nullable Long next) {}

    /**
     * What somebody looks after.
     *
     * @param key the instance; all that fire if it is left out
     */
    record Acknowledged(@Nullable String key, @Nullable String note) {}

    /**
     * What is to be replayed.
     *
     * @param alert the name of one of the project
     * @param definition or one that stands nowhere yet: as in a file, or as YAML
     */
    record Trial(
            @Nullable String alert,
            @Nullable JsonNode definition,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable String step) {}

    @GetMapping
    Page alerts(
            @RequestParam(required = false) @Nullable String alert,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable Boolean acknowledged,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(defaultValue = "100") int limit) {
        PageLimit most = PageLimit.of(limit, MAX_LIMIT);
        State wanted = null;
        if (state != null) {
            wanted =
                    State.of(state)
                            .orElseThrow(
                                    () ->
                                            bad(
                                                    "'state' is inactive, pending, firing or"
                                                            + " resolved."));
        }
        List<AlertStore.Named> found =
                store.page(
                        text(alert),
                        wanted,
                        acknowledged,
                        after == null ? null : place(after),
                        most.toFind());
        PageLimit.Shown<AlertStore.Named, String> shown =
                most.show(found, (AlertStore.Named last) -> place(last));
        Project project = revisions.current();
        List<String> names =
                project.alerts().alerts().stream()
                        .map(Alert::name)
                        .filter(name -> alert == null || alert.equals(name))
                        .toList();
        Map<String, AlertStore.Row> rows = new HashMap<>();
        store.rows(names).forEach(row -> rows.put(row.name(), row));
        return new Page(
                names.stream().map(name -> RuleView.of(name, rows.get(name))).toList(),
                shown.items().stream()
                        .map(
                                named ->
                                        InstanceView.of(
                                                named.alert(),
                                                named.instance(),
                                                project.alerts().alert(named.alert()).orElse(null)))
                        .toList(),
                shown.next());
    }

    @GetMapping("/{name}")
    Detail alert(@PathVariable String name) {
        Alert alert = known(name);
        return new Detail(
                RuleView.of(name, store.row(name).orElse(null)),
                alert.severity().name().toLowerCase(Locale.ROOT),
                alert.measure() + " " + Judge.words(alert),
                DurationText.write(alert.every()),
                alert.description(),
                alert.labels(),
                alert.channels(),
                store.instances(name).stream()
                        .map(instance -> InstanceView.of(name, instance, alert))
                        .toList());
    }

    @GetMapping("/{name}/history")
    ChangePage history(
            @PathVariable String name,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @RequestParam(required = false) @Nullable Long before,
            @RequestParam(defaultValue = "100") int limit) {
        PageLimit most = PageLimit.of(limit, MAX_LIMIT);
        if (text(name) == null || !store.hasHistory(name)) {
            known(name);
        }
        List<AlertStore.Change> found = store.history(name, from, to, before, most.toFind());
        PageLimit.Shown<AlertStore.Change, Long> shown = most.show(found, AlertStore.Change::id);
        return new ChangePage(shown.items(), shown.next());
    }

    @PostMapping("/{name}/acknowledge")
    List<InstanceView> acknowledge(
            @PathVariable String name,
            @RequestBody(required = false) @Nullable Acknowledged wanted,
            @AuthenticationPrincipal Operator operator) {
        Alert alert = known(name);
        String key = wanted == null ? null : wanted.key();
        String note = wanted == null || wanted.note() == null ? "" : wanted.note().strip();
        if (note.length() > MAX_NOTE || note.indexOf('\0') >= 0) {
            throw bad("'note' has at most " + MAX_NOTE + " characters.");
        }
        List<Instance> acknowledged =
                Optional.ofNullable(
                                transactions.execute(
                                        _ -> acknowledge(name, key, operator.name(), note)))
                        .orElse(List.of());
        if (acknowledged.isEmpty()) {
            throw Refusal.of(
                    HttpStatus.CONFLICT,
                    key == null
                            ? "No instance of the alert '" + name + "' is pending or fires now."
                            : "No instance of this key is pending or fires now.");
        }
        return acknowledged.stream().map(i -> InstanceView.of(name, i, alert)).toList();
    }

    private List<Instance> acknowledge(String name, @Nullable String key, String by, String note) {
        // The evaluation writes under the same lock.
        if (store.locked(name).isEmpty()) {
            return List.of();
        }
        List<Instance> acknowledged = new ArrayList<>();
        for (Instance instance : store.instances(name)) {
            boolean active = instance.state() == State.FIRING || instance.state() == State.PENDING;
            if (active && (key == null || key.equals(instance.key()))) {
                Instance after =
                        instance.acknowledged(
                                new Instance.Acknowledgement(clock.instant(), by, note));
                store.save(name, after);
                acknowledged.add(after);
            }
        }
        return acknowledged;
    }

    @PostMapping("/test")
    Replay.Story test(@RequestBody Trial trial) {
        Alert alert = tried(trial);
        Instant to = trial.to() == null ? clock.instant() : trial.to();
        Instant from = trial.from();
        if (from == null || !from.isBefore(to)) {
            throw bad("'from' is an instant before 'to'.");
        }
        Duration step = step(trial, alert, from, to);
        long steps = Duration.between(from, to).dividedBy(step);
        if (steps > Replay.MAX_STEPS - 1) {
            throw bad(
                    "That is more than %d steps; take a 'step' of %s or more."
                            .formatted(
                                    Replay.MAX_STEPS,
                                    DurationText.write(
                                            Duration.between(from, to)
                                                    .dividedBy(Replay.MAX_STEPS - 1)
                                                    .plusSeconds(1))));
        }
        if (!replays.tryAcquire()) {
            throw Refusal.of(
                    HttpStatus.TOO_MANY_REQUESTS,
                    "Other alerts are tried just now; try again in a minute.");
        }
        try {
            return replay.of(alert, from, to, step);
        } catch (MetricQueryException e) {
            throw Refusal.of(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "The alert cannot be evaluated: " + e.getMessage());
        } finally {
            replays.release();
        }
    }

    /** As often as it would be evaluated, if that is not too often. */
    private static Duration step(Trial trial, Alert alert, Instant from, Instant to) {
        if (trial.step() == null) {
            Duration least =
                    Duration.between(from, to)
                            .dividedBy(Replay.MAX_STEPS - 1)
                            .plusSeconds(1)
                            .truncatedTo(ChronoUnit.SECONDS);
            return least.compareTo(alert.every()) > 0 ? least : alert.every();
        }
        return DurationText.parse(trial.step())
                .filter(step -> step.toSeconds() >= 1)
                .orElseThrow(() -> bad("'step' is a length of time such as 30s or 5m."));
    }

    private Alert tried(Trial trial) {
        JsonNode definition = trial.definition();
        boolean inline = definition != null && !definition.isNull();
        if (inline == (trial.alert() != null)) {
            throw bad("Name an 'alert' of the project, or give a 'definition'.");
        }
        if (trial.alert() != null) {
            return known(trial.alert());
        }
        String text =
                definition == null
                        ? ""
                        : definition.isString() ? definition.asString() : definition.toString();
        if (text.length() > MAX_DEFINITION) {
            throw bad("The definition is longer than " + MAX_DEFINITION + " characters.");
        }
        Project project = revisions.current();
        Problems problems = new Problems();
        return AlertFiles.one(text, project.alerts(), project.cubes(), problems)
                .orElseThrow(
                        () ->
                                bad(
                                        problems.isEmpty()
                                                ? "The definition is empty."
                                                : problems.list().stream()
                                                        .map(Problem::toString)
                                                        .collect(Collectors.joining("\n"))));
    }

    private Alert known(String name) {
        Project project = revisions.current();
        return project.alerts()
                .alert(name)
                .orElseThrow(
                        () ->
                                Refusal.of(
                                        HttpStatus.NOT_FOUND,
                                        "There is no alert '%s' in the project%s"
                                                .formatted(
                                                        name,
                                                        NearestName.hint(
                                                                name.length() > 100 ? "" : name,
                                                                project.alerts().alerts().stream()
                                                                        .map(Alert::name)
                                                                        .toList()))));
    }

    /** PostgreSQL takes no NUL; there is nothing of such a name. */
    private static @Nullable String text(@Nullable String text) {
        if (text != null && text.indexOf('\0') >= 0) {
            throw bad("A name holds the character NUL.");
        }
        return text;
    }

    private static String place(AlertStore.Named last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                        (last.alert() + "\n" + last.instance().key())
                                .getBytes(StandardCharsets.UTF_8));
    }

    private static AlertStore.Named.Place place(String after) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(after), StandardCharsets.UTF_8);
            int end = text.indexOf('\n');
            if (end > 0 && text.indexOf('\0') < 0) {
                return new AlertStore.Named.Place(text.substring(0, end), text.substring(end + 1));
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw bad("'after' is the 'next' of the last page.");
    }

    private static ErrorResponseException bad(String detail) {
        return Refusal.of(HttpStatus.BAD_REQUEST, detail);
    }
}
