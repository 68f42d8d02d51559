package dev.millrace.transform.run.graph;

import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.run.node.NodeOutcome;

import org.jspecify.annotations.Nullable;

/** Is told how a run goes. Its methods are called by several threads. */
public interface Progress {

    /** Work on a node begins. */
    void began(Step step);

    /** The SQL of a node is known. */
    void compiled(Step step, String sql);

    /** A node has ended, or will not be begun. */
    void ended(Step step, NodeOutcome outcome);

    /** What keeps a node from being built now; null if nothing does. */
    default @Nullable NodeOutcome obstacle(Step step) {
        return null;
    }
}
