package dev.millrace.transform.run;

import org.jspecify.annotations.Nullable;

/** How a node ended. */
record NodeOutcome(NodeStatus status, @Nullable Long rows, @Nullable String message) {

    static NodeOutcome error(String message) {
        return new NodeOutcome(NodeStatus.ERROR, null, message);
    }

    static NodeOutcome skipped(String message) {
        return new NodeOutcome(NodeStatus.SKIPPED, null, message);
    }
}
