package dev.millrace.transform.model;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.dbt.DbtProject;
import dev.millrace.contracts.project.dbt.NodeProperties;
import dev.millrace.contracts.warehouse.RelationName;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tells mistakes that no file makes alone: between models, their properties and the sources. */
final class Consistency {

    private final Project project;
    private final DbtProject dbt;
    private final Problems problems;

    Consistency(Project project, DbtProject dbt, Problems problems) {
        this.project = project;
        this.dbt = dbt;
        this.problems = problems;
    }

    /**
     * Looks at all that was read.
     *
     * @param disabled names of the nodes that are switched off
     * @param names all names, with these
     */
    void check(
            Collection<Node> nodes,
            Map<String, Draft> drafts,
            Set<String> disabled,
            Set<String> names) {
        rejectPython();
        rejectReferencesToDisabled(nodes, drafts, disabled);
        rejectUnknownProperties(names);
        rejectSameRelations(nodes);
    }

    private void rejectPython() {
        for (String directory : dbt.paths().models()) {
            project.files()
                    .below(directory, "py")
                    .forEach(
                            path ->
                                    problems.add(
                                            new Position(path, 1, 1),
                                            "models in Python are not offered; write SQL"));
        }
    }

    private void rejectReferencesToDisabled(
            Collection<Node> nodes, Map<String, Draft> drafts, Set<String> disabled) {
        for (Node node : nodes) {
            Draft draft = drafts.get(node.name());
            if (draft == null) {
                continue;
            }
            draft.refs().stream()
                    .filter(disabled::contains)
                    .forEach(
                            ref ->
                                    problems.add(
                                            new Position(node.path(), 1, 1),
                                            "it refers to '" + ref + "', which is switched off"));
        }
    }

    private void rejectUnknownProperties(Set<String> names) {
        List<NodeProperties> all = new ArrayList<>(dbt.models());
        all.addAll(dbt.seeds());
        all.stream()
                .filter(properties -> !names.contains(properties.name()))
                .forEach(
                        properties ->
                                problems.add(
                                        properties.position(),
                                        "there is no model '"
                                                + properties.name()
                                                + "'"
                                                + NearestName.hint(properties.name(), names)));
    }

    private void rejectSameRelations(Collection<Node> nodes) {
        Map<RelationName, Node> owners = new LinkedHashMap<>();
        for (Node node : nodes) {
            Node other = node.isBuilt() ? owners.putIfAbsent(node.relation(), node) : null;
            if (other != null) {
                problems.add(
                        new Position(node.path(), 1, 1),
                        "it would be "
                                + node.relation()
                                + ", as would "
                                + other.path()
                                + "; give one of them an alias");
            }
            boolean ofSource =
                    project.sources().stream()
                            .anyMatch(source -> source.name().equals(node.relation().schema()));
            if (ofSource) {
                problems.add(
                        new Position(node.path(), 1, 1),
                        "the schema '"
                                + node.relation().schema()
                                + "' is that of a source; models go to another");
            }
        }
    }
}
