package dev.millrace.transform.run.artifact;

import java.util.List;

/**
 * What became of a node's code in a run.
 *
 * @param sql the SQL of the node
 * @param path where the SQL was written, relative to the project; empty if it was not
 * @param ctes queries of ephemeral models in it
 */
public record CompiledNode(String sql, String path, List<Cte> ctes) {

    public CompiledNode {
        ctes = List.copyOf(ctes);
    }

    /** The query of an ephemeral model, by the model's id. */
    public record Cte(String id, String sql) {}
}
