package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What depends on what, in both directions. */
final class Edges {

    private final Map<String, List<String>> parents = new LinkedHashMap<>();
    private final Map<String, Set<String>> children = new LinkedHashMap<>();

    Edges(Manifest manifest, SemanticLinks links) {
        manifest.nodes().values().forEach(node -> parents.put(node.id(), node.parents()));
        manifest.sources().keySet().forEach(id -> parents.put(id, List.of()));
        manifest.others().values().forEach(other -> parents.put(other.id(), links.parents(other)));
        manifest.unitTests()
                .values()
                .forEach(test -> parents.put(test.id(), List.of(test.model())));
        parents.keySet().forEach(id -> children.put(id, new TreeSet<>()));
        parents.forEach((id, above) -> above.forEach(parent -> adopt(parent, id)));
        parents.replaceAll((id, above) -> above.stream().sorted().toList());
    }

    private void adopt(String parent, String id) {
        Set<String> known = children.get(parent);
        if (known != null) {
            known.add(id);
        }
    }

    Map<String, List<String>> parents() {
        return parents;
    }

    Map<String, Set<String>> children() {
        return children;
    }

    /** Ids of the nodes of each group. */
    static Map<String, List<String>> groups(Manifest manifest) {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        for (Node node : manifest.nodes().values()) {
            String group = node.properties().group();
            if (group != null) {
                groups.computeIfAbsent(group, name -> new ArrayList<>()).add(node.id());
            }
        }
        return groups;
    }
}
