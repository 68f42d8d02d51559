package dev.millrace.transform.run;

import dev.millrace.contracts.event.RunChanged;
import dev.millrace.transform.run.node.NodeStatus;
import dev.millrace.transform.run.node.Shortened;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** A run as history has it. */
record RunRecord(
        String id,
        int number,
        String cause,
        String select,
        String exclude,
        String revision,
        RunChanged.State state,
        @Nullable String message,
        Instant startedAt,
        @Nullable Instant endedAt) {

    /** Whether somebody asked for it, or it began by itself. */
    boolean isRequested() {
        return cause.equals(RunRequest.REQUESTED);
    }

    /** How a state is written. */
    static String text(RunChanged.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** A node of a run. */
    record NodeRecord(
            String node,
            @Nullable String relation,
            String materialized,
            NodeStatus status,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable Long rows,
            @Nullable String message,
            @Nullable String compiled) {

        /** What is told of it, with as many characters of its message. */
        RunChanged.NodeOutcome outcome(int limit) {
            double seconds =
                    startedAt == null || endedAt == null
                            ? 0
                            : Duration.between(startedAt, endedAt).toMillis() / 1000.0;
            String failure =
                    status == NodeStatus.SUCCESS || message == null
                            ? null
                            : Shortened.to(limit, message);
            return new RunChanged.NodeOutcome(node, status.text(), rows, seconds, failure);
        }
    }
}
