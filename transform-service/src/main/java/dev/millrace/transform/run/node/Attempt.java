package dev.millrace.transform.run.node;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.materialization.Build;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.compile.Compiled;
import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.manifest.Hook;
import dev.millrace.transform.model.manifest.Node;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * All that one node is carried out with.
 *
 * @param later relations that the run builds after it
 */
record Attempt(
        Session session,
        NodeWarehouse warehouse,
        Node node,
        Compiler compiler,
        Compiled compiled,
        Set<RelationName> later) {

    NodeMacros macros() {
        return new NodeMacros(compiler, node, compiled.sql());
    }

    /** What is to be built. */
    Build request() throws SQLException, BuildFailedException {
        NodeMacros macros = macros();
        return new Build(
                node.relationName(),
                kind(),
                compiled.sql(),
                (name, kind, sql) ->
                        switch (kind) {
                            case VIEW ->
                                    macros.text(
                                            "get_create_view_as_sql",
                                            macros.relation(name, "view"),
                                            sql);
                            case TABLE ->
                                    macros.text(
                                            "get_create_table_as_sql",
                                            false,
                                            macros.relation(name, "table"),
                                            sql);
                            case MATERIALIZED_VIEW ->
                                    macros.text(
                                            "get_create_materialized_view_as_sql",
                                            macros.relation(name, "materialized_view"),
                                            sql);
                        },
                BuildOptions.of(
                        node,
                        TenantRule.of(
                                session,
                                node,
                                compiler,
                                compiled.sql(),
                                kind() == Build.Kind.VIEW)),
                hooks("pre-hook"),
                hooks("post-hook"),
                later);
    }

    private Build.Kind kind() {
        return switch (node.materialized()) {
            case "view" -> Build.Kind.VIEW;
            case "materialized_view" -> Build.Kind.MATERIALIZED_VIEW;
            default -> Build.Kind.TABLE;
        };
    }

    private List<Build.Hook> hooks(String which) {
        List<Hook> written = node.settings().hooks(which);
        if (written.isEmpty()) {
            return List.of();
        }
        Compiler hooking = hooking();
        List<Build.Hook> hooks = new ArrayList<>();
        for (Hook hook : written) {
            hooks.add(
                    new Build.Hook(
                            () -> hooking.statement(node, hook.sql()), hook.inTransaction()));
        }
        return hooks;
    }

    /** Hooks after the first build of an incremental model still know that it was the first. */
    private Compiler hooking() {
        if (!node.materialized().equals("incremental") || MicrobatchModel.isOne(node)) {
            return compiler;
        }
        Object adding = macros().call("is_incremental");
        return compiler.overriding("is_incremental", (Invocable) arguments -> adding);
    }
}
