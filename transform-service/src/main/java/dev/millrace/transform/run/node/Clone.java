package dev.millrace.transform.run.node;

import dev.millrace.transform.materialization.AfterHookFailedException;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.ModelSqlException;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Relation;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;

/** Stands a view of another environment's relation where a node has none. */
final class Clone {

    private static final String THERE =
            """
            SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ?
            """;

    private final Session session;
    private final Node node;
    private final Compiler compiler;
    private final Relations relations;

    Clone(Session session, Node node, Compiler compiler, Relations relations) {
        this.session = session;
        this.node = node;
        this.compiler = compiler;
        this.relations = relations;
    }

    NodeOutcome of(@Nullable Relation other)
            throws SQLException, BuildFailedException, AfterHookFailedException {
        if (other == null || !node.isBuilt()) {
            return NodeOutcome.success(null, "No-op");
        }
        boolean there =
                !session.rows(THERE, node.relationName().schema(), node.relationName().name())
                        .isEmpty();
        boolean same = other.name().equals(node.relationName());
        if (same || (there && !compiler.workspace().invocation().fullRefresh())) {
            return NodeOutcome.success(null, "No-op");
        }
        try {
            return relations.view(session, node, compiler, "select * from " + other.path());
        } catch (ModelSqlException e) {
            throw new BuildFailedException(other.path() + " cannot be cloned: " + e.getMessage());
        }
    }
}
