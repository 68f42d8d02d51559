package dev.millrace.transform.command;

import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.run.artifact.RunResult;
import dev.millrace.transform.run.graph.Progress;
import dev.millrace.transform.run.node.Finished;
import dev.millrace.transform.run.node.NodeOutcome;
import dev.millrace.transform.run.node.NodeStatus;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Tells how a run goes, a line for each node, and keeps what its artifacts need. */
final class RunReport implements Progress {

    private static final int WIDTH = 80;
    private static final double MILLIS = 1e3;

    private final Console console;
    private final Clock clock;
    private final int total;
    private final Map<String, Started> started = new ConcurrentHashMap<>();
    private final List<Done> done = new ArrayList<>();
    private final List<RunResult> nothing = new ArrayList<>();

    /** When a node began, and its SQL as soon as that was there. */
    private record Started(Instant at, @Nullable Instant compiledAt, @Nullable String sql) {}

    /** A node that has ended, or was not begun. */
    record Done(Step step, NodeOutcome outcome, RunResult result, @Nullable String sql) {}

    RunReport(Console console, Clock clock, int total) {
        this.console = console;
        this.clock = clock;
        this.total = total;
    }

    @Override
    public void began(Step step) {
        started.put(step.id(), new Started(clock.instant(), null, null));
    }

    @Override
    public void compiled(Step step, String sql) {
        Instant now = clock.instant();
        started.computeIfPresent(step.id(), (id, begun) -> new Started(begun.at(), now, sql));
    }

    @Override
    public void ended(Step step, NodeOutcome outcome) {
        Instant now = clock.instant();
        Started begun = started.get(step.id());
        RunResult result =
                RunResult.of(
                        step,
                        outcome,
                        timing(begun, now),
                        Thread.currentThread().getName().isEmpty()
                                ? "Thread-" + Thread.currentThread().threadId()
                                : Thread.currentThread().getName(),
                        begun == null ? null : begun.sql());
        synchronized (done) {
            done.add(new Done(step, outcome, result, begun == null ? null : begun.sql()));
            String line = line(done.size(), step, outcome, result.duration());
            if (outcome.status().isFailure()) {
                console.complain(line);
            } else {
                console.tell(line);
            }
        }
    }

    private static List<RunResult.Timing> timing(@Nullable Started begun, Instant now) {
        if (begun == null) {
            return List.of();
        }
        return begun.compiledAt() == null
                ? List.of(RunResult.Timing.compile(begun.at(), now))
                : List.of(
                        RunResult.Timing.compile(begun.at(), begun.compiledAt()),
                        RunResult.Timing.execute(begun.compiledAt(), now));
    }

    private String line(int number, Step step, NodeOutcome outcome, Duration took) {
        String word =
                switch (outcome.status()) {
                    case SUCCESS -> "OK " + NodeTitle.done(step) + NodeTitle.of(step);
                    case PASS -> "PASS " + step.name();
                    case WARN -> "WARN " + outcome.failures() + " " + step.name();
                    case FAIL -> "FAIL " + outcome.failures() + " " + step.name();
                    case PARTIAL_SUCCESS -> "PARTIAL SUCCESS " + NodeTitle.of(step);
                    case SKIPPED -> "SKIP " + NodeTitle.of(step);
                    case CANCELLED -> "CANCEL " + NodeTitle.of(step);
                    default -> "ERROR " + NodeTitle.of(step);
                };
        String text = number + " of " + total + " " + word + " ";
        return text + dots(text) + " [" + status(outcome, took) + "]";
    }

    private static String status(NodeOutcome outcome, Duration took) {
        String in = " in " + seconds(took) + "s";
        return switch (outcome.status()) {
            case SUCCESS -> outcome.message() + in;
            case SKIPPED -> "SKIP";
            case CANCELLED -> "CANCEL";
            case WARN, FAIL -> outcome.status().name() + " " + outcome.failures() + in;
            default -> outcome.status().name().replace('_', ' ') + in;
        };
    }

    /** With two digits, written by hand as it is done for every node. */
    private static String seconds(Duration took) {
        long hundredths = took.toMillis() / 10;
        long rest = hundredths % 100;
        return hundredths / 100 + (rest < 10 ? ".0" : ".") + rest;
    }

    /** All that has ended so far, in that order. */
    List<Done> done() {
        synchronized (done) {
            return List.copyOf(done);
        }
    }

    /** What is selected and has nothing to be carried out is told nevertheless. */
    void nothing(String id) {
        synchronized (done) {
            nothing.add(RunResult.nothing(id, Thread.currentThread().getName()));
            String text = (done.size() + nothing.size()) + " of " + total + " NO-OP " + id + " ";
            console.tell(text + dots(text) + " [NO-OP in 0.00s]");
        }
    }

    /** Results of all that has ended. */
    List<RunResult> results() {
        synchronized (done) {
            return Stream.concat(done.stream().map(Done::result), nothing.stream()).toList();
        }
    }

    private static String dots(String text) {
        return ".".repeat(Math.max(3, WIDTH - text.length()));
    }

    /** The same as hooks at the end of a run are told. */
    List<Finished> finished() {
        return done().stream()
                .map(
                        each ->
                                new Finished(
                                        each.step(),
                                        each.outcome(),
                                        each.result().duration(),
                                        each.result().thread()))
                .toList();
    }

    /** dbt's last lines: what was run, what went wrong, and the counts. */
    void summary(Duration elapsed) {
        List<Done> all = done();
        Map<String, Integer> kinds = new TreeMap<>();
        all.forEach(each -> kinds.merge(NodeTitle.kind(each.step()), 1, Integer::sum));
        List<String> counts = new ArrayList<>();
        kinds.forEach((kind, count) -> counts.add(NodeTitle.counted(count, kind)));
        console.tell("");
        console.tell(
                String.format(
                        Locale.ROOT,
                        "Finished running %s in %d hours %d minutes and %.2f seconds (%.2fs).",
                        String.join(", ", counts),
                        elapsed.toHours(),
                        elapsed.toMinutesPart(),
                        elapsed.toSecondsPart() + elapsed.toMillisPart() / MILLIS,
                        elapsed.toMillis() / MILLIS));
        console.tell("");
        problems(all);
        console.tell(
                "Done. PASS=%d WARN=%d ERROR=%d SKIP=%d TOTAL=%d"
                        .formatted(
                                all.stream().filter(RunReport::isPass).count() + nothing.size(),
                                count(all, NodeStatus.WARN),
                                all.stream().filter(d -> d.outcome().status().isFailure()).count(),
                                count(all, NodeStatus.SKIPPED) + count(all, NodeStatus.CANCELLED),
                                all.size() + nothing.size()));
    }

    private static boolean isPass(Done done) {
        return done.outcome().status().isGood() && done.outcome().status() != NodeStatus.WARN;
    }

    private static long count(List<Done> all, NodeStatus status) {
        return all.stream().filter(each -> each.outcome().status() == status).count();
    }

    private void problems(List<Done> all) {
        List<Done> failed =
                all.stream()
                        .filter(
                                each ->
                                        each.outcome().status().isFailure()
                                                || each.outcome().status() == NodeStatus.WARN)
                        .toList();
        long errors = failed.stream().filter(d -> d.outcome().status().isFailure()).count();
        if (failed.isEmpty()) {
            long cancelled = count(all, NodeStatus.CANCELLED);
            console.tell(
                    cancelled == 0
                            ? "Completed successfully"
                            : "Stopped before the end: what was cancelled (%d of %d) is done by 'retry'"
                                    .formatted(cancelled, all.size()));
            console.tell("");
            return;
        }
        String head =
                "Completed with "
                        + NodeTitle.counted(errors, "error")
                        + " and "
                        + NodeTitle.counted(failed.size() - errors, "warning")
                        + ":";
        List<String> lines = new ArrayList<>(List.of(head, ""));
        for (Done each : failed) {
            lines.add("  " + each.step().type().label() + " " + each.step().name());
            String message = each.outcome().message();
            if (message != null) {
                message.lines().forEach(line -> lines.add("    " + line));
            }
            lines.add("");
        }
        lines.forEach(errors > 0 ? console::complain : console::tell);
    }

    /** dbt's exit code: 1 if something that is no skip went wrong. */
    int exitCode() {
        return done().stream().anyMatch(each -> each.outcome().status().isFailure()) ? 1 : 0;
    }
}
