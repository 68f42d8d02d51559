package dev.millrace.standalone.command;

import java.util.List;

/**
 * How a run of models ended, or where it is.
 *
 * @param status in lower case: queued, running, succeeded, failed, …
 */
public record ModelRun(String id, String status, List<Node> nodes) {

    public ModelRun {
        nodes = List.copyOf(nodes);
    }

    /** Whether it is over and all went well. */
    public boolean succeeded() {
        return status.equals("succeeded");
    }

    /**
     * A model of a run.
     *
     * @param status in lower case: success, error, skipped, …
     * @param message what the database said; may be empty
     */
    public record Node(String name, String status, String message) {

        @Override
        public String toString() {
            return "%-8s %s%s".formatted(status, name, message.isEmpty() ? "" : "   " + message);
        }
    }
}
