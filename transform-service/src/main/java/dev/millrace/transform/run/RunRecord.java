package dev.millrace.transform.run;

import dev.millrace.contracts.event.RunChanged;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;

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

        RunChanged.NodeOutcome outcome() {
            double seconds =
                    startedAt == null || endedAt == null
                            ? 0
                            : Duration.between(startedAt, endedAt).toMillis() / 1000.0;
            String failure = status == NodeStatus.SUCCESS ? null : message;
            return new RunChanged.NodeOutcome(node, status.text(), rows, seconds, failure);
        }
    }
}
