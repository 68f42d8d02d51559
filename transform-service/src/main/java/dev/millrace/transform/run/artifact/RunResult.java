package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.run.node.BatchResults;
import dev.millrace.transform.run.node.NodeOutcome;
import dev.millrace.transform.run.node.NodeStatus;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How one node of a run ended.
 *
 * @param status its status
 * @param timing when it was compiled and carried out, as far as it was
 * @param thread name of the thread that did it
 * @param response what the warehouse answered; null if it was not asked
 * @param failures rows that a test found; null for others
 * @param compilable whether it is of a kind that has code
 * @param compiledCode its SQL; null if it was not compiled
 * @param relationName its relation as SQL has it; null if it has none
 * @param batches the batches of a model that is built in batches; null for others
 */
public record RunResult(
        String id,
        NodeStatus status,
        List<Timing> timing,
        String thread,
        Duration duration,
        @Nullable AdapterResponse response,
        @Nullable String message,
        @Nullable Long failures,
        boolean compilable,
        @Nullable String compiledCode,
        @Nullable String relationName,
        @Nullable BatchResults batches) {

    public RunResult {
        timing = List.copyOf(timing);
    }

    /**
     * A stage of the work on a node.
     *
     * @param name {@code compile} or {@code execute}
     */
    public record Timing(String name, Instant startedAt, Instant completedAt) {

        public static Timing compile(Instant startedAt, Instant completedAt) {
            return new Timing("compile", startedAt, completedAt);
        }

        public static Timing execute(Instant startedAt, Instant completedAt) {
            return new Timing("execute", startedAt, completedAt);
        }

        Duration duration() {
            return Duration.between(startedAt, completedAt);
        }
    }

    /** The result of a node that has been carried out, or will not be. */
    public static RunResult of(
            Step step,
            NodeOutcome outcome,
            List<Timing> timing,
            String thread,
            @Nullable String compiledCode) {
        boolean compilable = step.type() != ResourceType.SEED;
        String message = outcome.message();
        boolean answered = outcome.status().isGood() && !step.isTest();
        return new RunResult(
                step.id(),
                outcome.status(),
                timing,
                thread,
                timing.stream().map(Timing::duration).reduce(Duration.ZERO, Duration::plus),
                answered && message != null ? AdapterResponse.of(message, outcome.rows()) : null,
                message,
                outcome.failures(),
                compilable,
                compilable ? compiledCode : null,
                compilable && step instanceof Node node && node.isBuilt()
                        ? node.relation().path()
                        : null,
                outcome.batches());
    }

    /** The result of a resource that a run has nothing to do for, such as a saved query. */
    public static RunResult nothing(String id, String thread) {
        return new RunResult(
                id,
                NodeStatus.SUCCESS,
                List.of(),
                thread,
                Duration.ZERO,
                null,
                "NO-OP",
                null,
                false,
                null,
                null,
                null);
    }
}
