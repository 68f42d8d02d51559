package dev.millrace.transform.model;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.dbt.DbtProject;
import dev.millrace.contracts.project.dbt.Notice;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The models of one revision of a project, and what each reads. */
public final class ModelGraph {

    private final ProjectContext context;
    private final DbtProject dbt;
    private final String revision;
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Map<String, SourceTable> sources;
    private final Map<String, Set<String>> parents = new TreeMap<>();
    private final Map<String, Set<String>> children = new TreeMap<>();

    ModelGraph(
            ProjectContext context,
            DbtProject dbt,
            String revision,
            Collection<Node> found,
            Map<String, SourceTable> sources,
            Problems problems) {
        this.context = context;
        this.dbt = dbt;
        this.revision = revision;
        this.sources = Collections.unmodifiableMap(new TreeMap<>(sources));
        Map<String, Node> byName = new TreeMap<>();
        found.forEach(node -> byName.put(node.name(), node));
        for (Node node : found) {
            Set<String> ids = new TreeSet<>();
            for (String parent : node.parents()) {
                Node other = byName.get(parent);
                ids.add(other == null ? parent : other.id());
            }
            parents.put(node.id(), ids);
            ids.forEach(id -> children.computeIfAbsent(id, key -> new TreeSet<>()).add(node.id()));
        }
        order(byName.values(), problems);
    }

    /**
     * Reads the models of a project; nothing if it is no dbt project. Mistakes go to the collector,
     * and a graph of a project with mistakes is of no use.
     */
    public static Optional<ModelGraph> read(
            Project project, ReadableEnvironment environment, Problems problems) {
        return read(project, environment, Map.of(), problems);
    }

    /** The same with variables that a run is given, which may decide what models are there. */
    public static Optional<ModelGraph> read(
            Project project,
            ReadableEnvironment environment,
            Map<String, Object> vars,
            Problems problems) {
        return project.dbt()
                .map(dbt -> new ModelReader(project, dbt, environment, vars, problems).read());
    }

    /** The nodes by id; each stands after those that it reads. */
    public Map<String, Node> nodes() {
        return Collections.unmodifiableMap(nodes);
    }

    /** The source tables that models read, by id. */
    public Map<String, SourceTable> sources() {
        return sources;
    }

    public String revision() {
        return revision;
    }

    public String packageName() {
        return dbt.name();
    }

    /** What the project asks for and this version leaves out. */
    public List<Notice> notices() {
        return dbt.notices();
    }

    /** Ids of the nodes and source tables that a node reads. */
    public Set<String> parents(String id) {
        return parents.getOrDefault(id, Set.of());
    }

    /** Ids of the nodes that read a node or source table. */
    public Set<String> children(String id) {
        return children.getOrDefault(id, Set.of());
    }

    Optional<Node> named(String name) {
        return nodes.values().stream().filter(node -> node.name().equals(name)).findFirst();
    }

    ProjectContext context() {
        return context;
    }

    DbtProject dbt() {
        return dbt;
    }

    private void order(Collection<Node> found, Problems problems) {
        Map<String, Node> byId = new TreeMap<>();
        found.forEach(node -> byId.put(node.id(), node));
        Set<String> done = new LinkedHashSet<>();
        for (String id : byId.keySet()) {
            visit(id, byId, done, new ArrayDeque<>(), problems);
        }
        done.forEach(
                id -> {
                    Node node = byId.get(id);
                    if (node != null) {
                        nodes.put(id, node);
                    }
                });
    }

    private void visit(
            String id,
            Map<String, Node> byId,
            Set<String> done,
            Deque<String> path,
            Problems problems) {
        Node node = byId.get(id);
        if (node == null || done.contains(id)) {
            return;
        }
        if (path.contains(id)) {
            StringBuilder circle = new StringBuilder();
            boolean within = false;
            for (String step : path.reversed()) {
                within |= step.equals(id);
                if (within) {
                    circle.append(byId.containsKey(step) ? byId.get(step).name() : step)
                            .append(" reads ");
                }
            }
            problems.add(
                    new Position(node.path(), 1, 1),
                    "models read one another in a circle: " + circle + node.name());
            return;
        }
        path.push(id);
        parents(id).forEach(parent -> visit(parent, byId, done, path, problems));
        path.pop();
        done.add(id);
    }
}
