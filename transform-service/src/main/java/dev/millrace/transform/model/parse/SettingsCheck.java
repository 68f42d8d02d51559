package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Problems;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.NodeSettings;
import dev.millrace.transform.model.manifest.ResourceType;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks at a node's settings. Any setting may be there, as macros ask for those of their own; one
 * that is nearly one of dbt's is told, since it is probably misspelled.
 */
final class SettingsCheck {

    private static final Set<String> MATERIALIZED =
            Set.of("view", "table", "incremental", "ephemeral", "materialized_view", "live");

    /** What dbt knows beside the settings that have a default. */
    private static final Set<String> ALSO_KNOWN =
            Set.of(
                    "merge_update_columns",
                    "merge_exclude_columns",
                    "incremental_predicates",
                    "predicates",
                    "sql_header",
                    "indexes",
                    "unlogged",
                    "tenant_column",
                    "hard_deletes",
                    "invalidate_hard_deletes",
                    "static_analysis",
                    "freshness",
                    "snowflake_warehouse",
                    "cluster_by",
                    "partition_by",
                    "sort",
                    "dist",
                    "bind",
                    "tests",
                    "parents",
                    "transient",
                    "location");

    private final Workspace workspace;
    private final Problems problems;

    SettingsCheck(Workspace workspace, Problems problems) {
        this.workspace = workspace;
        this.problems = problems;
    }

    void check(Draft draft, NodeSettings settings) {
        Draft.Origin origin = draft.origin();
        if (origin.type() == ResourceType.MODEL) {
            materialization(draft, settings.materialized());
        }
        if (origin.dbtPackage().name().equals(workspace.root().name())) {
            misspelled(draft);
        }
    }

    private void materialization(Draft draft, String name) {
        boolean known =
                MATERIALIZED.contains(name)
                        || List.of("postgres", "default").stream()
                                .anyMatch(adapter -> isDefined(DbtSyntax.macro(name, adapter)));
        if (!known) {
            problems.add(
                    draft.origin().position(),
                    "'"
                            + name
                            + "' is no materialization"
                            + NearestName.hint(name, MATERIALIZED)
                            + "; a materialization of your own is defined by {% materialization "
                            + name
                            + ", adapter='postgres' %}");
        }
    }

    private boolean isDefined(String macro) {
        return workspace.macros().all().stream().anyMatch(each -> each.name().equals(macro));
    }

    private void misspelled(Draft draft) {
        Set<String> known = new TreeSet<>(ALSO_KNOWN);
        known.addAll(
                SettingsBuilder.of(
                                draft.origin().type(),
                                List.of(),
                                draft.origin().dbtPackage(),
                                workspace.root(),
                                java.util.Map.of(),
                                java.util.Map.of())
                        .all()
                        .keySet());
        for (String name : draft.configured().keySet()) {
            if (!known.contains(name)) {
                NearestName.of(name, known)
                        .ifPresent(
                                near ->
                                        problems.warn(
                                                draft.origin().position(),
                                                "nothing of dbt's is called '"
                                                        + name
                                                        + "'; did you mean '"
                                                        + near
                                                        + "'?"));
            }
        }
    }
}
