package dev.millrace.serving.alert;

import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.alert.Alert;
import dev.millrace.contracts.project.alert.AlertModel;
import dev.millrace.operations.revision.ProjectRevisions;
import dev.millrace.serving.query.MetricQueryException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Evaluates alerts when they are due, each by one replica at a time: takes it by a lease, asks the
 * warehouse, and writes down in one transaction what changed and what is to be told of it.
 */
@Component
class Rounds {

    private static final Logger log = LoggerFactory.getLogger(Rounds.class);

    /** So many failures in a row are no accident any more. */
    static final int TOLD_FAILURES = 3;

    /** How long an alert may be out of all projects in force: replicas change one by one. */
    static final Duration RETIRED_AFTER = Duration.ofMinutes(2);

    /** An instance without rows that is well is forgotten. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofDays(1);

    private static final Duration SAVED_AT_LEAST = Duration.ofMinutes(1);
    private static final Duration SLACK = Duration.ofSeconds(5);
    private static final int MAX_ERROR = 500;

    private final Supplier<AlertModel> model;
    private final AlertStore store;
    private final Silences silences;
    private final Notifications notifications;
    private final Evaluator evaluator;
    private final TransactionOperations transactions;
    private final AlertMeters meters;
    private final AlertSettings settings;
    private final Clock clock;

    /** What an evaluation came to. */
    private sealed interface Finding {}

    private record Verdicts(Map<Map<String, String>, Verdict> of) implements Finding {}

    private record Closed() implements Finding {}

    private record Failure(String message) implements Finding {}

    @Autowired
    Rounds(
            ProjectRevisions revisions,
            AlertStore store,
            Silences silences,
            Notifications notifications,
            Evaluator evaluator,
            TransactionOperations transactions,
            AlertMeters meters,
            AlertSettings settings,
            Clock clock) {
        this(
                revisions.derived(Project::alerts),
                store,
                silences,
                notifications,
                evaluator,
                transactions,
                meters,
                settings,
                clock);
    }

    Rounds(
            Supplier<AlertModel> model,
            AlertStore store,
            Silences silences,
            Notifications notifications,
            Evaluator evaluator,
            TransactionOperations transactions,
            AlertMeters meters,
            AlertSettings settings,
            Clock clock) {
        this.model = model;
        this.store = store;
        this.silences = silences;
        this.notifications = notifications;
        this.evaluator = evaluator;
        this.transactions = transactions;
        this.meters = meters;
        this.settings = settings;
        this.clock = clock;
    }

    AlertModel model() {
        return model.get();
    }

    /** Enters the project's alerts, and ends those that no project has any more. */
    void follow() {
        AlertModel now = model();
        transactions.executeWithoutResult(
                _ ->
                        // In one order, so that replicas of different revisions wait for each
                        // other and nothing else.
                        now.alerts().stream()
                                .sorted(Comparator.comparing(Alert::name))
                                .forEach(alert -> store.keep(alert, clock.instant())));
        for (String name : store.unseenSince(clock.instant().minus(RETIRED_AFTER))) {
            transactions.executeWithoutResult(_ -> retire(name));
        }
        meters.firing(store.firingCount());
    }

    /** Takes alerts that are due. */
    List<AlertStore.Claim> claim(int most) {
        return store.claim(
                model().alerts().stream().map(Alert::name).toList(),
                clock.instant(),
                settings.evaluationTimeout().plus(SLACK),
                most);
    }

    /** Evaluates an alert that was claimed. */
    void evaluate(AlertStore.Claim claim) {
        Optional<Alert> found = model().alert(claim.alert());
        if (found.isEmpty()) {
            return;
        }
        Alert alert = found.get();
        meters.lag(Duration.between(claim.due(), clock.instant()));
        // Rows are told apart by the millisecond at best: whole seconds leave no gap.
        Instant asOf = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Finding finding = look(alert, asOf);
        meters.evaluated(
                switch (finding) {
                    case Verdicts _ -> "ok";
                    case Closed _ -> "closed";
                    case Failure _ -> "error";
                });
        transactions.executeWithoutResult(
                _ ->
                        store.locked(claim)
                                .ifPresentOrElse(
                                        row -> write(alert, row, claim, finding, asOf),
                                        () ->
                                                log.info(
                                                        "The evaluation of alert {} took too long;"
                                                                + " somebody else has it now",
                                                        alert.name())));
    }

    private Finding look(Alert alert, Instant asOf) {
        if (alert.calendar() != null && !alert.calendar().isOpen(asOf)) {
            return new Closed();
        }
        try {
            List<Map<String, String>> known =
                    store.instances(alert.name()).stream().map(Instance::labels).toList();
            return new Verdicts(
                    evaluator.evaluate(alert, known, asOf, settings.evaluationTimeout()));
        } catch (MetricQueryException e) {
            return new Failure(e.getMessage());
        } catch (RuntimeException e) {
            // Whatever it is: an alert that is not evaluated is told, never silent.
            log.error("The alert {} cannot be evaluated", alert.name(), e);
            return new Failure("the evaluation failed: " + e.getClass().getSimpleName());
        }
    }

    private void write(
            Alert alert,
            AlertStore.Row row,
            AlertStore.Claim claim,
            Finding finding,
            Instant asOf) {
        List<Instance> before = store.instances(alert.name());
        Telling telling =
                new Telling(
                        alert,
                        silences.active(asOf),
                        inhibitors(alert),
                        store.rows(alert.inhibitedBy()),
                        asOf);
        List<Instance> after = after(alert, before, finding, asOf);
        Telling.Outcome outcome = telling.of(after);
        save(alert.name(), before, outcome.instances(), asOf);
        outcome.drafts().forEach(draft -> notifications.write(draft, alert.channels(), asOf));
        store.finish(errors(alert, row, claim, finding, telling, after, asOf), clock.instant());
    }

    private List<AlertStore.Named> inhibitors(Alert alert) {
        List<AlertStore.Named> firing = new ArrayList<>();
        for (String name : alert.inhibitedBy()) {
            store.firing(List.of(name)).forEach(i -> firing.add(new AlertStore.Named(name, i)));
        }
        return firing;
    }

    private static List<Instance> after(
            Alert alert, List<Instance> before, Finding finding, Instant asOf) {
        return switch (finding) {
            case Failure _ -> before;
            case Closed _ -> before.stream().map(i -> Transitions.closed(alert, i, asOf)).toList();
            case Verdicts(Map<Map<String, String>, Verdict> verdicts) -> {
                Map<Map<String, String>, Instance> known = new HashMap<>();
                before.forEach(instance -> known.put(instance.labels(), instance));
                List<Instance> after = new ArrayList<>();
                verdicts.forEach(
                        (labels, verdict) ->
                                after.add(
                                        Transitions.next(
                                                alert,
                                                known.getOrDefault(
                                                        labels, Instance.unseen(labels, asOf)),
                                                verdict,
                                                asOf)));
                before.stream()
                        .filter(instance -> !verdicts.containsKey(instance.labels()))
                        .map(i -> Transitions.gone(i, "the alert has other dimensions now", asOf))
                        .forEach(after::add);
                yield after;
            }
        };
    }

    private void save(String alert, List<Instance> before, List<Instance> after, Instant asOf) {
        Map<String, Instance> known = new HashMap<>();
        before.forEach(instance -> known.put(instance.key(), instance));
        for (Instance instance : after) {
            Instance old = known.get(instance.key());
            Instance from = old == null ? Instance.unseen(instance.labels(), asOf) : old;
            if (from.state() != instance.state()) {
                Map<String, @Nullable Object> evidence = new HashMap<>(instance.evidence());
                if (instance.note() != null) {
                    evidence.put("note", instance.note());
                }
                store.enter(alert, from, instance, evidence, asOf);
            }
            if (isForgotten(instance, asOf)) {
                store.forget(alert, instance.key());
            } else if (old == null || isNew(old, instance)) {
                store.save(alert, instance);
            }
        }
    }

    private static boolean isForgotten(Instance instance, Instant asOf) {
        return (instance.state() == State.INACTIVE || instance.state() == State.RESOLVED)
                && !instance.labels().isEmpty()
                && instance.seenAt().isBefore(asOf.minus(FORGOTTEN_AFTER));
    }

    /** Most evaluations find what the last one did. */
    private static boolean isNew(Instance old, Instance instance) {
        return !instance.observed(old.value(), old.note(), old.evidence(), old.seenAt()).equals(old)
                || !Objects.equals(old.note(), instance.note())
                || !isSame(old, instance)
                || instance.seenAt().isAfter(old.seenAt().plus(SAVED_AT_LEAST));
    }

    private static boolean isSame(Instance old, Instance instance) {
        return old.value() == null
                ? instance.value() == null
                : instance.value() != null && old.value().compareTo(instance.value()) == 0;
    }

    /** The row with what is known of errors, and with the next time. */
    private AlertStore.Row errors(
            Alert alert,
            AlertStore.Row row,
            AlertStore.Claim claim,
            Finding finding,
            Telling telling,
            List<Instance> after,
            Instant asOf) {
        Instant next = next(claim.due(), alert.every(), clock.instant());
        return switch (finding) {
            case Closed _ ->
                    row(
                            row,
                            next,
                            row.failures(),
                            row.error(),
                            row.errorSince(),
                            row.errorTold(),
                            "closed by the calendar");
            case Failure(String message) -> {
                String whole = message.replace("\0", "");
                String error = whole.length() <= MAX_ERROR ? whole : whole.substring(0, MAX_ERROR);
                int failures = row.failures() + 1;
                // Once: an alert may be evaluated every second.
                if (!error.equals(row.error())) {
                    log.warn("The alert {} cannot be evaluated: {}", alert.name(), error);
                }
                Instant since = row.errorSince() == null ? asOf : row.errorSince();
                boolean told = row.errorTold();
                if (failures >= TOLD_FAILURES && !told && !telling.isErrorSilenced()) {
                    notifications.write(
                            telling.unevaluable(error, since, false), alert.channels(), asOf);
                    told = true;
                }
                yield row(row, next, failures, error, since, told, null);
            }
            case Verdicts _ -> {
                if (row.errorTold()) {
                    Instant since = row.errorSince() == null ? asOf : row.errorSince();
                    notifications.write(
                            telling.unevaluable(String.valueOf(row.error()), since, true),
                            alert.channels(),
                            asOf);
                }
                String note =
                        after.stream()
                                .map(Instance::note)
                                .filter(Objects::nonNull)
                                .findFirst()
                                .orElse(null);
                yield row(row, next, 0, null, null, false, note);
            }
        };
    }

    private static AlertStore.Row row(
            AlertStore.Row row,
            Instant next,
            int failures,
            @Nullable String error,
            @Nullable Instant since,
            boolean told,
            @Nullable String note) {
        return new AlertStore.Row(
                row.name(), next, null, failures, error, since, told, note, row.channels());
    }

    /** In step with the time that it was due; what was missed is not made up for. */
    static Instant next(Instant due, Duration every, Instant now) {
        long late = Math.max(0, Duration.between(due, now).dividedBy(every));
        return due.plus(every.multipliedBy(late + 1));
    }

    /** Ends an alert that has left the project: who was told that it fires hears of its end. */
    private void retire(String name) {
        Optional<AlertStore.Row> row = store.locked(name);
        if (row.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        for (Instance instance : store.instances(name)) {
            Instance gone = Transitions.gone(instance, "the alert has left the project", now);
            if (gone.state() != instance.state()) {
                store.enter(
                        name,
                        instance,
                        gone,
                        Map.of("note", "the alert has left the project"),
                        now);
            }
        }
        for (Notification last : notifications.latest(name)) {
            List<Item> over =
                    last.items().stream()
                            .filter(Item::isFiring)
                            .map(
                                    item ->
                                            new Item(
                                                    State.RESOLVED,
                                                    item.labels(),
                                                    item.annotations(),
                                                    item.startsAt(),
                                                    now))
                            .toList();
            if (!over.isEmpty()) {
                notifications.write(
                        new Notifications.Draft(name, last.groupLabels(), over, Duration.ZERO),
                        List.of(last.channel()),
                        now);
            }
        }
        store.delete(name);
        log.info("The alert {} has left the project", name);
    }
}
