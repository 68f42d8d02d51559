package dev.millrace.serving.alert;

import dev.millrace.contracts.project.alert.Alert;
import dev.millrace.serving.query.MetricQueryException;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs an alert over history, step by step, as if it had been there then, over what the warehouse
 * holds of that time today.
 */
@Component
class Replay {

    static final int MAX_STEPS = 2_000;

    /** Of a whole replay: somebody waits for it. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int MAX_CHANGES = 1_000;

    private final Evaluator evaluator;
    private final AlertSettings settings;

    /** A change of state that would have been. */
    record Change(
            Instant at,
            Map<String, String> labels,
            String from,
            String to,
            @Nullable BigDecimal value,
            Map<String, @Nullable Object> evidence) {}

    /**
     * What would have been.
     *
     * @param until how far it came before the time was over, or the changes were too many
     * @param complete whether that is the end
     * @param firings how often an instance would have begun to fire
     */
    record Story(
            String alert,
            Instant from,
            Instant until,
            Duration step,
            int steps,
            boolean complete,
            long firings,
            List<Change> changes,
            List<String> notes) {}

    Replay(Evaluator evaluator, AlertSettings settings) {
        this.evaluator = evaluator;
        this.settings = settings;
    }

    /**
     * @throws MetricQueryException if an evaluation got no answer
     */
    Story of(Alert alert, Instant from, Instant to, Duration step) throws MetricQueryException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Map<Map<String, String>, Instance> instances = new LinkedHashMap<>();
        List<Change> changes = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        Instant at = from.truncatedTo(ChronoUnit.SECONDS);
        Instant reached = at;
        int steps = 0;
        while (!at.isAfter(to)
                && System.nanoTime() < deadline
                && changes.size() < MAX_CHANGES
                && steps < MAX_STEPS) {
            Instant now = at;
            for (Instance after : after(alert, instances, now)) {
                Instance before =
                        instances.getOrDefault(
                                after.labels(), Instance.unseen(after.labels(), now));
                if (before.state() != after.state()) {
                    changes.add(change(before, after, now));
                }
                String note = after.note();
                if (note != null && !notes.contains(note)) {
                    notes.add(note);
                }
                instances.put(after.labels(), after);
            }
            reached = at;
            at = at.plus(step);
            steps++;
        }
        return new Story(
                alert.name(),
                from,
                reached,
                step,
                steps,
                at.isAfter(to),
                changes.stream().filter(c -> c.to().equals(State.FIRING.text())).count(),
                changes,
                notes);
    }

    private List<Instance> after(
            Alert alert, Map<Map<String, String>, Instance> instances, Instant now)
            throws MetricQueryException {
        if (alert.calendar() != null && !alert.calendar().isOpen(now)) {
            return instances.values().stream()
                    .map(instance -> Transitions.closed(alert, instance, now))
                    .toList();
        }
        List<Instance> after = new ArrayList<>();
        evaluator
                .evaluate(alert, List.copyOf(instances.keySet()), now, settings.evaluationTimeout())
                .forEach(
                        (labels, verdict) ->
                                after.add(
                                        Transitions.next(
                                                alert,
                                                instances.getOrDefault(
                                                        labels, Instance.unseen(labels, now)),
                                                verdict,
                                                now)));
        return after;
    }

    private static Change change(Instance before, Instance after, Instant now) {
        return new Change(
                now,
                after.labels(),
                before.state().text(),
                after.state().text(),
                after.value(),
                after.evidence());
    }
}
