package dev.millrace.transform.run.node;

import org.jspecify.annotations.Nullable;

/**
 * How a node ended.
 *
 * @param rows rows that it wrote; null if that is not known
 * @param failures rows that a test found; null for what is no test
 * @param batches how its batches ended; null for what has none
 * @param placed whether the relation has changed, also if something went wrong after that
 */
public record NodeOutcome(
        NodeStatus status,
        @Nullable Long rows,
        @Nullable Long failures,
        @Nullable String message,
        boolean placed,
        @Nullable BatchResults batches) {

    /** Characters of a message that are kept. */
    public static final int MAX_MESSAGE = 4_096;

    public NodeOutcome {
        message = message == null ? null : Shortened.to(MAX_MESSAGE, message);
    }

    /** How a node without batches ended. */
    public NodeOutcome(
            NodeStatus status,
            @Nullable Long rows,
            @Nullable Long failures,
            @Nullable String message,
            boolean placed) {
        this(status, rows, failures, message, placed, null);
    }

    NodeOutcome with(BatchResults results) {
        return new NodeOutcome(status, rows, failures, message, placed, results);
    }

    public static NodeOutcome success(@Nullable Long rows, String message) {
        return new NodeOutcome(NodeStatus.SUCCESS, rows, null, message, true);
    }

    public static NodeOutcome error(String message) {
        return new NodeOutcome(NodeStatus.ERROR, null, null, message, false);
    }

    public static NodeOutcome skipped(String message) {
        return new NodeOutcome(NodeStatus.SKIPPED, null, null, message, false);
    }

    public static NodeOutcome cancelled(String message) {
        return new NodeOutcome(NodeStatus.CANCELLED, null, null, message, false);
    }

    static NodeOutcome tested(NodeStatus status, long failures, @Nullable String message) {
        return new NodeOutcome(status, null, failures, message, false);
    }
}
