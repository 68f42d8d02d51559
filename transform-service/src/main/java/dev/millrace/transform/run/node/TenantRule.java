package dev.millrace.transform.run.node;

import dev.millrace.transform.materialization.Build.Tenancy;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.materialization.TenantTables;
import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ResourceType;

import java.sql.SQLException;

/** Decides who may read what a node makes: by tenant, all, or nobody as it says too little. */
final class TenantRule {

    private static final String SETTING = "tenant_column";

    /** Says that a relation mixes tenants on purpose. */
    private static final String NONE = "none";

    private TenantRule() {}

    /**
     * @param view whether a view of the query is made, whatever the node is otherwise
     */
    static Tenancy of(Session session, Node node, Compiler compiler, String sql, boolean view)
            throws SQLException, BuildFailedException {
        String declared = node.settings().text(SETTING, "").strip();
        TenantTables.State state = TenantTables.state(session);
        if (!state.able()) {
            if (declared.isEmpty() || declared.equals(NONE)) {
                return Tenancy.OPEN;
            }
            throw new BuildFailedException(
                    "it has a tenant_column, and the warehouse lacks the functions that keep"
                            + " tenants apart; have its owner run roles.sql again");
        }
        if (declared.equals(NONE)) {
            return Tenancy.SHARED;
        }
        // That of a folder's tables; a view asks for its reader's rights.
        if (!declared.isEmpty() && !view) {
            if (node.materialized().equals("materialized_view")) {
                throw new BuildFailedException(
                        "PostgreSQL has no row-level security for materialized views, so that"
                                + " tenant_column cannot be kept; make it a table, or an"
                                + " incremental or live model");
            }
            return Tenancy.separate(declared);
        }
        if (node.type() == ResourceType.SEED
                || !state.any()
                || !TenantTables.reads(session, node.relationName(), sql)) {
            return Tenancy.OPEN;
        }
        if (!view) {
            compiler.workspace()
                    .log()
                    .warn(
                            node.position().file(),
                            node.relationName()
                                    + " has rows of tenants, and does not say whose: readers do not"
                                    + " get it. Set tenant_column to the column that names the"
                                    + " tenant, or to 'none' if all of them may see all rows");
        }
        return Tenancy.WITHHELD;
    }
}
