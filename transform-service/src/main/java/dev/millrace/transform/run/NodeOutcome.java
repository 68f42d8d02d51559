package dev.millrace.transform.run;

import org.jspecify.annotations.Nullable;

/**
 * How a node ended.
 *
 * @param placed whether the relation has changed, also if something went wrong after that
 */
record NodeOutcome(
        NodeStatus status, @Nullable Long rows, @Nullable String message, boolean placed) {

    /** Characters of a message that are kept. */
    static final int MAX_MESSAGE = 4_096;

    NodeOutcome {
        message = message == null ? null : Shortened.to(MAX_MESSAGE, message);
    }

    static NodeOutcome success(@Nullable Long rows, String message) {
        return new NodeOutcome(NodeStatus.SUCCESS, rows, message, true);
    }

    static NodeOutcome error(String message) {
        return new NodeOutcome(NodeStatus.ERROR, null, message, false);
    }

    static NodeOutcome skipped(String message) {
        return new NodeOutcome(NodeStatus.SKIPPED, null, message, false);
    }

    static NodeOutcome cancelled(String message) {
        return new NodeOutcome(NodeStatus.CANCELLED, null, message, false);
    }
}
