package dev.millrace.transform.run.node;

import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.TupleValue;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ResourceType;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Carries out the statements that a project runs before and after all of its nodes. */
public final class RunHooks {

    private static final String START = "on-run-start";
    private static final String END = "on-run-end";

    private final Manifest manifest;
    private final NodeRunner runner;

    public RunHooks(Manifest manifest, NodeRunner runner) {
        this.manifest = manifest;
        this.runner = runner;
    }

    /** Those that go before, in their order: those of packages by name, and then the project's. */
    public List<Node> first() {
        return hooks(START);
    }

    /** Those that go after. */
    public List<Node> last() {
        return hooks(END);
    }

    private List<Node> hooks(String moment) {
        Comparator<Node> order =
                Comparator.<Node, Boolean>comparing(
                                node -> node.packageName().equals(manifest.rootPackage()))
                        .thenComparing(Node::packageName)
                        .thenComparing(RunHooks::number);
        return manifest.nodes().values().stream()
                .filter(node -> node.type() == ResourceType.OPERATION)
                .filter(node -> node.settings().tags().contains(moment))
                .sorted(order)
                .toList();
    }

    private static int number(Node node) {
        return Integer.parseInt(node.name().substring(node.name().lastIndexOf('-') + 1));
    }

    /** Carries out one that goes before. */
    public NodeOutcome start(Session session, Node hook, Consumer<String> compiled) {
        return runner.statement(session, hook, names -> {}, compiled);
    }

    /**
     * Carries out one that goes after.
     *
     * @param results what the run has done
     */
    public NodeOutcome end(
            Session session, Node hook, List<Finished> results, Consumer<String> compiled) {
        return runner.statement(session, hook, names -> tell(names, results), compiled);
    }

    private static void tell(TemplateNames names, List<Finished> results) {
        Set<String> schemas = new LinkedHashSet<>();
        Set<TupleValue> databaseSchemas = new LinkedHashSet<>();
        ListValue values = new ListValue();
        for (Finished finished : results) {
            values.add(new FinishedValue(finished));
            boolean placed =
                    finished.outcome().status().isGood()
                            || finished.outcome().status() == NodeStatus.PARTIAL_SUCCESS;
            if (placed && finished.step() instanceof Node node && node.isBuilt()) {
                String schema = node.relationName().schema();
                schemas.add(schema);
                String database = node.relation().database();
                databaseSchemas.add(
                        new TupleValue(List.of(database == null ? "" : database, schema)));
            }
        }
        names.with("results", values)
                .with("schemas", new ListValue(schemas))
                .with("database_schemas", new ListValue(databaseSchemas));
    }
}
