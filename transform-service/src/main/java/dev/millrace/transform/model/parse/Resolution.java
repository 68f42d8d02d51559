package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.manifest.SourceTable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds what the references of nodes mean, and puts the nodes in the order of their building. */
final class Resolution {

    private final Workspace workspace;
    private final String revision;
    private final Manifest.Parts parts;
    private final Manifest unresolved;
    private final StreamTables streams;
    private final Problems problems;

    Resolution(
            Workspace workspace,
            String revision,
            Manifest.Parts parts,
            StreamTables streams,
            Problems problems) {
        this.workspace = workspace;
        this.revision = revision;
        this.parts = parts;
        this.unresolved = new Manifest(workspace.root().name(), revision, parts);
        this.streams = streams;
        this.problems = problems;
    }

    Manifest resolved() {
        Map<String, Node> resolved = new LinkedHashMap<>();
        unresolved
                .nodes()
                .values()
                .forEach(
                        node -> {
                            Set<String> parents = new LinkedHashSet<>();
                            boolean all = resolve(node, parents);
                            resolved.put(node.id(), dependingOn(node, parents, all));
                        });
        parts.nodes().clear();
        parts.nodes().putAll(ordered(resolved));
        rejectSameRelations();
        return new Manifest(workspace.root().name(), revision, parts);
    }

    /** The node with what it reads; one that lacks something stays, and is switched off. */
    private static Node dependingOn(Node node, Set<String> parents, boolean complete) {
        Node.Dependencies old = node.dependencies();
        return new Node(
                node.id(),
                node.type(),
                node.packageName(),
                node.name(),
                node.path(),
                node.file(),
                node.position(),
                node.fqn(),
                node.code(),
                node.checksum(),
                node.template(),
                complete ? node.settings() : node.settings().with("enabled", false),
                node.relation(),
                node.properties(),
                new Node.Dependencies(
                        old.refs(), old.sources(), List.copyOf(parents), old.macros()),
                node.test());
    }

    /** Whether all that it refers to is there; a test is left out without it, others must not. */
    private boolean resolve(Node node, Set<String> parents) {
        boolean all = true;
        for (Node.Ref ref : node.dependencies().refs()) {
            Optional<Node> found = unresolved.find(ref, node.packageName());
            if (found.isPresent()) {
                parents.add(found.get().id());
                checkAccess(node, found.get());
            } else {
                all = false;
                missing(node, CallPlaces.of(node, "ref", words(ref)), missingNode(ref));
            }
        }
        for (List<String> source : node.dependencies().sources()) {
            Optional<SourceTable> found = table(node, source.get(0), source.get(1));
            if (found.isPresent()) {
                parents.add(found.get().id());
            } else {
                all = false;
                missing(
                        node,
                        CallPlaces.of(node, "source", source),
                        missingSource(source.get(0), source.get(1)));
            }
        }
        return all;
    }

    private Optional<SourceTable> table(Node node, String source, String table) {
        Optional<SourceTable> declared = unresolved.source(source, table, node.packageName());
        if (declared.isPresent()) {
            return declared;
        }
        Optional<SourceTable> stream =
                streams.find(workspace.root().name(), workspace.target().database(), source, table);
        stream.ifPresent(found -> parts.sources().putIfAbsent(found.id(), found));
        return stream;
    }

    private static List<String> words(Node.Ref ref) {
        return ref.packageName() == null
                ? List.of(ref.name())
                : List.of(ref.packageName(), ref.name());
    }

    private void missing(Node node, Position position, String problem) {
        if (node.type() == ResourceType.TEST) {
            problems.warn(position, "the test '" + node.name() + "' is left out: " + problem);
        } else {
            problems.add(position, problem);
        }
    }

    private String missingNode(Node.Ref ref) {
        boolean off = parts.disabled().values().stream().anyMatch(n -> n.name().equals(ref.name()));
        if (off) {
            return "it refers to '" + ref.name() + "', which is switched off";
        }
        if (ref.version() != null) {
            return "there is no version '" + ref.version() + "' of a model '" + ref.name() + "'";
        }
        if (ref.packageName() != null && !workspace.packages().containsKey(ref.packageName())) {
            return "there is no package '"
                    + ref.packageName()
                    + "'"
                    + NearestName.hint(ref.packageName(), workspace.packages().keySet())
                    + "; list it in packages.yml and install it with 'millrace deps'";
        }
        Set<String> names = new TreeSet<>();
        unresolved.nodes().values().stream()
                .filter(node -> node.type().isReferable())
                .forEach(node -> names.add(node.name()));
        return "there is no model '" + ref.name() + "'" + NearestName.hint(ref.name(), names);
    }

    private String missingSource(String source, String table) {
        Optional<String> noStream = streams.problem(source, table);
        if (noStream.isPresent()) {
            return noStream.get();
        }
        boolean off =
                parts.disabledSources().values().stream()
                        .anyMatch(t -> t.sourceName().equals(source) && t.name().equals(table));
        if (off) {
            return "it refers to the source '" + source + "." + table + "', which is switched off";
        }
        Set<String> tables = new TreeSet<>();
        Set<String> sources = new TreeSet<>(streams.names());
        for (SourceTable each : unresolved.sources().values()) {
            sources.add(each.sourceName());
            if (each.sourceName().equals(source)) {
                tables.add(each.name());
            }
        }
        if (!tables.isEmpty()) {
            return "the source '"
                    + source
                    + "' has no table '"
                    + table
                    + "'"
                    + NearestName.hint(table, tables);
        }
        return "there is no source '"
                + source
                + "'"
                + NearestName.of(source, sources)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse(
                                sources.isEmpty()
                                        ? "; declare it in sources/*.yml"
                                        : "; there are: " + String.join(", ", sources));
    }

    private void checkAccess(Node node, Node used) {
        if (used.type() != ResourceType.MODEL || node.type() == ResourceType.TEST) {
            return;
        }
        String group = used.properties().group();
        boolean outside = group != null && !group.equals(node.properties().group());
        if (used.properties().access().equals("private") && outside) {
            problems.add(
                    node.position(),
                    "the model '"
                            + used.name()
                            + "' is private to the group '"
                            + group
                            + "'; refer to it from there, or give it another access");
        }
        boolean elsewhere = !used.packageName().equals(node.packageName());
        if (used.properties().access().equals("protected")
                && elsewhere
                && workspace.packages().get(used.packageName()) != null
                && workspace.packages().get(used.packageName()).restrictsAccess()) {
            problems.add(
                    node.position(),
                    "the model '"
                            + used.name()
                            + "' is protected, and its package restricts access to those that are"
                            + " public");
        }
    }

    private Map<String, Node> ordered(Map<String, Node> nodes) {
        Map<String, Node> ordered = new LinkedHashMap<>();
        Map<String, Boolean> done = new HashMap<>();
        nodes.keySet().forEach(id -> visit(id, nodes, done, new ArrayDeque<>(), ordered));
        return ordered;
    }

    private void visit(
            String id,
            Map<String, Node> nodes,
            Map<String, Boolean> done,
            Deque<String> path,
            Map<String, Node> ordered) {
        Node node = nodes.get(id);
        if (node == null || Boolean.TRUE.equals(done.get(id))) {
            return;
        }
        if (Boolean.FALSE.equals(done.put(id, false))) {
            problems.add(
                    node.position(),
                    "models read one another in a circle: " + circle(id, path, nodes));
            return;
        }
        path.push(id);
        node.parents().forEach(parent -> visit(parent, nodes, done, path, ordered));
        path.pop();
        done.put(id, true);
        ordered.put(id, node);
    }

    private static String circle(String id, Deque<String> path, Map<String, Node> nodes) {
        StringBuilder circle = new StringBuilder();
        boolean within = false;
        for (String step : path.reversed()) {
            within |= step.equals(id);
            if (within) {
                circle.append(name(step, nodes)).append(" reads ");
            }
        }
        return circle + name(id, nodes);
    }

    private static String name(String id, Map<String, Node> nodes) {
        Node node = nodes.get(id);
        return node == null ? id : node.name();
    }

    private void rejectSameRelations() {
        Map<String, Node> owners = new HashMap<>();
        for (Node node : parts.nodes().values()) {
            if (node.isBuilt() && streams.names().contains(node.relationName().schema())) {
                problems.add(
                        node.position(),
                        "the schema '"
                                + node.relationName().schema()
                                + "' is that of a source; models go to another");
            }
            Node other = node.isBuilt() ? owners.putIfAbsent(node.relation().path(), node) : null;
            if (other != null) {
                problems.add(
                        new Position(node.position().file(), 1, 1),
                        "it would be "
                                + node.relationName()
                                + ", as would "
                                + other.position().file()
                                + "; give one of them an alias");
            }
        }
    }
}
