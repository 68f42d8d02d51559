package dev.millrace.contracts.event;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;

/**
 * A run began, ended, or was cancelled. Topic {@code millrace.runs}, key {@link #run()}.
 *
 * @param run identity of the run
 * @param state where it stands now
 * @param selection what was selected, in dbt's selection syntax; empty means everything
 * @param nodes the nodes that have ended so far, with their outcome
 * @param revision revision of the project that is run
 * @param at when the state was reached
 */
public record RunChanged(
        String run,
        State state,
        String selection,
        List<NodeOutcome> nodes,
        String revision,
        Instant at) {

    public RunChanged {
        nodes = List.copyOf(nodes);
    }

    /** Where a run stands. */
    public enum State {
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED
    }

    /**
     * How one node of the run ended.
     *
     * @param node dbt's unique id, for example {@code model.shop.signups}
     * @param status dbt's word: {@code success}, {@code error} or {@code skipped}
     * @param rows rows written; absent for views and failures
     * @param seconds how long it took, in seconds
     * @param message what went wrong; absent when nothing did
     */
    public record NodeOutcome(
            String node,
            String status,
            @Nullable Long rows,
            double seconds,
            @Nullable String message) {}
}
