package dev.millrace.transform.run.node;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.context.Warehouse;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ProjectMacro;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/**
 * A materialization that the project or a package defines. One of dbt's own names is only replaced
 * by the project itself.
 */
final class CustomMaterialization {

    private static final Set<String> OWN =
            Set.of(
                    "view",
                    "table",
                    "incremental",
                    "ephemeral",
                    "materialized_view",
                    "snapshot",
                    "seed",
                    "live");

    private final Session session;
    private final NodeWarehouse warehouse;
    private final Node node;
    private final Compiler compiler;
    private final @Nullable ProjectMacro macro;

    CustomMaterialization(Session session, NodeWarehouse warehouse, Node node, Compiler compiler) {
        this.warehouse = warehouse;
        this.session = session;
        this.node = node;
        this.compiler = compiler;
        this.macro = find();
    }

    private @Nullable ProjectMacro find() {
        Macros macros = compiler.workspace().macros();
        String root = compiler.workspace().root().name();
        for (String adapter : List.of("postgres", "default")) {
            String name = DbtSyntax.macro(node.materialized(), adapter);
            ProjectMacro found = macros.in(root, name);
            if (found == null && !OWN.contains(node.materialized())) {
                found =
                        macros.all().stream()
                                .filter(each -> each.name().equals(name))
                                .findFirst()
                                .orElse(null);
            }
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    boolean exists() {
        return macro != null;
    }

    NodeOutcome run(String compiled) throws SQLException {
        if (macro == null) {
            throw new IllegalStateException("there is no materialization to run");
        }
        session.run(
                "CREATE SCHEMA IF NOT EXISTS "
                        + dev.millrace.contracts.warehouse.RelationName.quote(
                                node.relationName().schema()),
                1);
        warehouse.letTemplatesCommit();
        TemplateNames names = compiler.names(node, compiled);
        names.rendering().call(macro.definition(), Arguments.of());
        Warehouse.Answer main = names.results().main();
        return main == null
                ? NodeOutcome.success(null, "OK")
                : NodeOutcome.success(main.rows() < 0 ? null : main.rows(), main.message());
    }
}
