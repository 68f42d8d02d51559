package dev.millrace.transform.command;

import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.run.node.DryNode;
import dev.millrace.transform.run.node.NodeRunner;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The SQL of nodes that are not run, and of queries that a user writes on the command line. */
final class Queries {

    private static final String INLINE = "inline_query";

    private final OpenProject project;
    private final Deferral deferral;

    Queries(OpenProject project, Deferral deferral) {
        this.project = project;
        this.deferral = deferral;
    }

    /** The SQL of a node or of what the user wrote. */
    record Query(String name, String sql) {

        void show(Console console, String format) throws CommandFailedException {
            switch (format) {
                case "text" -> console.give(sql);
                case "json" ->
                        console.give(
                                JsonMapper.shared()
                                        .writerWithDefaultPrettyPrinter()
                                        .writeValueAsString(
                                                name.equals(INLINE)
                                                        ? Map.of("compiled", sql)
                                                        : Map.of("node", name, "compiled", sql)));
                default ->
                        throw new CommandFailedException(
                                "--output is text or json, not '" + format + "'");
            }
        }
    }

    /**
     * What nodes come to.
     *
     * @param sql by id of the node
     * @param failures a line for each node that cannot be compiled
     */
    record Compiled(List<Query> queries, Map<String, String> sql, List<String> failures) {

        /** Those that a selection names, and not those that it leads to. */
        List<Query> named(List<String> selectors) {
            Set<String> words =
                    selectors.stream()
                            .flatMap(each -> List.of(each.split("[\\s,]+", -1)).stream())
                            .map(each -> each.replaceAll("^[0-9]*\\+|\\+[0-9]*$|^@", ""))
                            .collect(Collectors.toSet());
            return queries.stream().filter(query -> words.contains(query.name())).toList();
        }
    }

    /** Compiles nodes. */
    Compiled compile(List<Step> steps) throws SQLException {
        Set<String> selected = steps.stream().map(Step::id).collect(Collectors.toSet());
        List<Query> queries = new ArrayList<>();
        Map<String, String> sql = new TreeMap<>();
        List<String> failures = new ArrayList<>();
        try (Connections connections = project.connections();
                Session session = connections.open()) {
            NodeRunner runner =
                    project.runner(project.workspace().invocation().about(selected))
                            .deferring(deferral.among(connections, selected));
            List<Step> withCode =
                    steps.stream().filter(step -> step.type() != ResourceType.SEED).toList();
            for (Map.Entry<String, DryNode> each : runner.compiled(session, withCode).entrySet()) {
                Node node = project.manifest().nodes().get(each.getKey());
                DryNode dry = each.getValue();
                if (dry.sql() == null || node == null) {
                    failures.add(each.getKey() + ": " + dry.problem());
                } else {
                    sql.put(each.getKey(), dry.sql());
                    queries.add(new Query(node.name(), dry.sql()));
                }
            }
        }
        return new Compiled(queries, sql, failures);
    }

    /** Compiles what the user wrote, as a node of the project would be. */
    Query inline(String template) throws CommandFailedException, SQLException, IOException {
        List<String> directories = project.workspace().root().paths().analyses();
        if (directories.isEmpty()) {
            throw new CommandFailedException(
                    "--inline needs a directory for analyses; leave analysis-paths out of"
                            + " dbt_project.yml, or name one");
        }
        OpenProject with = project.with(directories.getFirst() + "/" + INLINE + ".sql", template);
        List<Step> steps =
                with.manifest().nodes().values().stream()
                        .filter(node -> node.name().equals(INLINE))
                        .map(Step.class::cast)
                        .toList();
        Compiled compiled = new Queries(with, deferral).compile(steps);
        if (compiled.queries().isEmpty()) {
            throw new CommandFailedException(String.join("\n", compiled.failures()));
        }
        return new Query(INLINE, compiled.queries().getFirst().sql());
    }
}
