package dev.millrace.serving.alert;

import dev.millrace.contracts.project.alert.Alert;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decides what receivers are told of the instances of an alert, by what they know, by silences and
 * by alerts that inhibit it.
 */
final class Telling {

    /** The label of what is told when an alert cannot be evaluated. */
    static final String STATE_LABEL = "millrace_state";

    /** How long a first word waits for alerts that may inhibit it to be evaluated as well. */
    private static final Duration SETTLING = Duration.ofSeconds(15);

    private final Alert alert;
    private final List<Silence> silences;
    private final List<AlertStore.Named> inhibitors;
    private final List<AlertStore.Row> inhibiting;
    private final Instant now;

    /** Instances with what receivers know after the messages. */
    record Outcome(List<Instance> instances, List<Notifications.Draft> drafts) {}

    /**
     * @param silences that are in force
     * @param inhibitors instances that fire, of alerts that inhibit this one
     * @param inhibiting those alerts
     */
    Telling(
            Alert alert,
            List<Silence> silences,
            List<AlertStore.Named> inhibitors,
            List<AlertStore.Row> inhibiting,
            Instant now) {
        this.alert = alert;
        this.silences = silences;
        this.inhibitors = inhibitors;
        this.inhibiting = inhibiting;
        this.now = now;
    }

    Outcome of(List<Instance> instances) {
        Map<Map<String, String>, List<Instance>> groups = new LinkedHashMap<>();
        List<Instance> told = new ArrayList<>();
        for (Instance instance : instances) {
            Instance weighed =
                    instance.muted(instance.state() == State.FIRING ? mutedBy(instance) : null);
            groups.computeIfAbsent(group(weighed), _ -> new ArrayList<>()).add(weighed);
        }
        List<Notifications.Draft> drafts = new ArrayList<>();
        groups.forEach(
                (labels, members) -> {
                    boolean news = members.stream().anyMatch(this::isNews);
                    boolean first = members.stream().noneMatch(m -> m.told() == State.FIRING);
                    List<Item> items = new ArrayList<>();
                    for (Instance member : members) {
                        if (news && isFiringAloud(member)) {
                            items.add(item(member));
                            told.add(member.told(State.FIRING, now));
                        } else if (isOver(member)) {
                            items.add(item(member));
                            told.add(member.told(State.RESOLVED, now));
                        } else {
                            told.add(member);
                        }
                    }
                    if (!items.isEmpty()) {
                        drafts.add(
                                new Notifications.Draft(
                                        alert.name(),
                                        labels,
                                        items,
                                        first ? alert.groupWait() : Duration.ZERO));
                    }
                });
        return new Outcome(told, drafts);
    }

    private static boolean isFiringAloud(Instance instance) {
        return instance.state() == State.FIRING && instance.mutedBy() == null;
    }

    /** Who was told that it fires hears of its end also while a silence goes on. */
    private static boolean isOver(Instance instance) {
        return instance.state() != State.FIRING && instance.told() == State.FIRING;
    }

    private boolean isNews(Instance instance) {
        if (isOver(instance)) {
            return true;
        }
        if (!isFiringAloud(instance)) {
            return false;
        }
        if (instance.told() != State.FIRING) {
            return true;
        }
        Instant last = instance.toldAt();
        return instance.acknowledgement() == null
                && last != null
                && !now.isBefore(last.plus(alert.repeatEvery()));
    }

    private @Nullable String mutedBy(Instance instance) {
        Map<String, String> labels = labels(alert, instance.labels());
        for (Silence silence : silences) {
            if (silence.silences(labels)) {
                return "silence " + silence.id();
            }
        }
        for (AlertStore.Named inhibitor : inhibitors) {
            if (agree(inhibitor.instance().labels(), instance.labels())) {
                return "alert " + inhibitor.alert();
            }
        }
        // What makes both fire does so at once, and one is evaluated first.
        Instant fired = instance.firedAt();
        for (AlertStore.Row row : inhibiting) {
            Instant evaluated = row.evaluatedAt();
            if (instance.told() != State.FIRING
                    && fired != null
                    && (evaluated == null || evaluated.isBefore(fired))
                    && now.isBefore(fired.plus(SETTLING))) {
                return "alert " + row.name() + ", until it is evaluated";
            }
        }
        return null;
    }

    /** Whether two instances may be of the same thing: no dimension tells them apart. */
    private static boolean agree(Map<String, String> one, Map<String, String> other) {
        return one.entrySet().stream()
                .allMatch(
                        label ->
                                other.getOrDefault(label.getKey(), label.getValue())
                                        .equals(label.getValue()));
    }

    private Map<String, String> group(Instance instance) {
        Map<String, String> all = labels(alert, instance.labels());
        Map<String, String> group = new TreeMap<>();
        group.put("alertname", alert.name());
        alert.groupBy().forEach(label -> group.put(label, all.getOrDefault(label, "")));
        return group;
    }

    /** All labels of an instance; what is empty is no label. */
    static Map<String, String> labels(Alert alert, Map<String, String> own) {
        Map<String, String> labels = new TreeMap<>(alert.labels());
        labels.putAll(own);
        labels.put("alertname", alert.name());
        labels.put("severity", alert.severity().name().toLowerCase(Locale.ROOT));
        labels.values().removeIf(String::isEmpty);
        return labels;
    }

    private Item item(Instance instance) {
        boolean firing = instance.state() == State.FIRING;
        Map<String, String> annotations = new TreeMap<>();
        if (alert.description() != null) {
            annotations.put("description", alert.description());
        }
        String value =
                instance.value() == null
                        ? "unknown"
                        : instance.value().stripTrailingZeros().toPlainString();
        annotations.put("value", value);
        annotations.put(
                "summary",
                "%s: %s is %s%s"
                        .formatted(
                                alert.name(),
                                alert.measure(),
                                value,
                                firing ? ", " + Judge.words(alert) : ", resolved"));
        if (instance.note() != null) {
            annotations.put("note", instance.note());
        }
        Instant fired = instance.firedAt();
        return new Item(
                firing ? State.FIRING : State.RESOLVED,
                labels(alert, instance.labels()),
                annotations,
                fired == null ? instance.since() : fired,
                firing ? null : instance.resolvedAt() == null ? now : instance.resolvedAt());
    }

    /** What is told when the alert cannot be evaluated, or can again. */
    Notifications.Draft unevaluable(String error, Instant since, boolean over) {
        Map<String, String> labels = new TreeMap<>(labels(alert, Map.of()));
        labels.put(STATE_LABEL, "error");
        Map<String, String> group = new TreeMap<>();
        group.put("alertname", alert.name());
        group.put(STATE_LABEL, "error");
        return new Notifications.Draft(
                alert.name(),
                group,
                List.of(
                        new Item(
                                over ? State.RESOLVED : State.FIRING,
                                labels,
                                Map.of(
                                        "summary",
                                        over
                                                ? alert.name() + ": can be evaluated again"
                                                : alert.name() + ": alert cannot be evaluated",
                                        "description",
                                        error),
                                since,
                                over ? now : null)),
                Duration.ZERO);
    }

    /** Whether nobody is to hear that the alert cannot be evaluated. */
    boolean isErrorSilenced() {
        Map<String, String> labels = new TreeMap<>(labels(alert, Map.of()));
        labels.put(STATE_LABEL, "error");
        return silences.stream().anyMatch(silence -> silence.silences(labels));
    }
}
