package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Problems;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.DbtPackage;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.ResourceType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The statements that packages run before and after all nodes, each as an operation. */
final class ProjectHooks {

    private static final String START = "on-run-start";
    private static final String END = "on-run-end";

    private final Workspace workspace;
    private final Problems problems;

    ProjectHooks(Workspace workspace, Problems problems) {
        this.workspace = workspace;
        this.problems = problems;
    }

    List<Draft> of(DbtPackage dbtPackage) {
        List<Draft> drafts = new ArrayList<>();
        add(dbtPackage, START, dbtPackage.onRunStart(), drafts);
        add(dbtPackage, END, dbtPackage.onRunEnd(), drafts);
        return drafts;
    }

    private void add(
            DbtPackage dbtPackage, String moment, List<String> statements, List<Draft> drafts) {
        for (int i = 0; i < statements.size(); i++) {
            try {
                drafts.add(
                        draft(
                                dbtPackage,
                                moment,
                                dbtPackage.name() + "-" + moment + "-" + i,
                                statements.get(i)));
            } catch (JinjaException e) {
                JinjaProblems.add(problems, dbtPackage.position(), e);
            }
        }
    }

    private Draft draft(DbtPackage dbtPackage, String moment, String name, String statement) {
        Draft draft =
                new Draft(
                        new Draft.Origin(
                                ResourceType.OPERATION.label()
                                        + "."
                                        + dbtPackage.name()
                                        + "."
                                        + name,
                                ResourceType.OPERATION,
                                dbtPackage,
                                name,
                                "hooks/" + name + ".sql",
                                "./dbt_project.yml",
                                dbtPackage.position(),
                                List.of(dbtPackage.name(), "hooks", name),
                                statement,
                                Checksum.of(statement)),
                        Template.parse(dbtPackage.position().file(), statement, DbtSyntax.SYNTAX),
                        Relation.of(
                                workspace.target().database(),
                                workspace.target().schema(),
                                name,
                                workspace.root().quoting()));
        draft.configure(Map.of("tags", List.of(moment)));
        return draft;
    }
}
