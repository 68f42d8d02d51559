package dev.millrace.transform.run;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.SourceTable;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a node's rows come from: through views, as these hold none themselves. */
final class Inputs {

    private final Manifest manifest;

    Inputs(Manifest manifest) {
        this.manifest = manifest;
    }

    /**
     * The versions of what a node reads, as one text: another text means that something changed.
     */
    String versions(Node node, Map<String, Long> versions) {
        return relations(node).stream()
                .map(relation -> relation + "=" + versions.getOrDefault(relation, 0L))
                .collect(Collectors.joining(" "));
    }

    /** Schema and name of each relation that any node reads. */
    Set<String> all() {
        Set<String> all = new TreeSet<>();
        manifest.nodes().values().stream()
                .filter(Node::isBuilt)
                .forEach(node -> all.add(node.relationName().toString()));
        manifest.sources().values().forEach(source -> all.add(source.relation().name().toString()));
        return all;
    }

    /** Schema and name of each relation that a node's rows come from. */
    List<String> relations(Node node) {
        Set<RelationName> relations = new TreeSet<>();
        collect(node, relations, new TreeSet<>());
        return relations.stream().map(RelationName::toString).toList();
    }

    private void collect(Node node, Set<RelationName> relations, Set<String> seen) {
        for (String parent : manifest.parents(node.id())) {
            if (!seen.add(parent)) {
                continue;
            }
            SourceTable source = manifest.sources().get(parent);
            if (source != null) {
                relations.add(source.relation().name());
            }
            Node read = manifest.nodes().get(parent);
            if (read == null) {
                continue;
            }
            if (read.isBuilt()) {
                relations.add(read.relationName());
            }
            if (read.holdsNoRows()) {
                collect(read, relations, seen);
            }
        }
    }

    /** The source tables that must be there before a node can be built. */
    Set<RelationName> sources(Node node) {
        Set<RelationName> sources = new TreeSet<>();
        for (String parent : manifest.parents(node.id())) {
            SourceTable source = manifest.sources().get(parent);
            if (source != null) {
                sources.add(source.relation().name());
            }
            Node read = manifest.nodes().get(parent);
            if (read != null && !read.isBuilt()) {
                sources.addAll(sources(read));
            }
        }
        return sources;
    }
}
