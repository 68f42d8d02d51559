package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Problems;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ResourceType;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Looks at who may refer to nodes: whether their access and their group are any. */
final class AccessCheck {

    private static final Set<String> ACCESS =
            new TreeSet<>(List.of("private", "protected", "public"));

    private final Map<String, Set<String>> groups = new HashMap<>();
    private final Problems problems;

    AccessCheck(List<PropertyItem> groups, Problems problems) {
        this.problems = problems;
        groups.forEach(
                item ->
                        this.groups
                                .computeIfAbsent(item.dbtPackage().name(), k -> new TreeSet<>())
                                .add(item.name()));
    }

    void check(Collection<Node> nodes) {
        for (Node node : nodes) {
            if (!node.type().isReferable()) {
                continue;
            }
            String access = node.properties().access();
            if (node.type() == ResourceType.MODEL && !ACCESS.contains(access)) {
                problems.add(
                        node.position(),
                        "'access' is private, protected or public, not '"
                                + access
                                + "'"
                                + NearestName.hint(access, ACCESS));
            }
            String group = node.properties().group();
            Set<String> known = groups.getOrDefault(node.packageName(), Set.of());
            if (group != null && !known.contains(group)) {
                problems.add(
                        node.position(),
                        "there is no group '"
                                + group
                                + "'"
                                + NearestName.of(group, known)
                                        .map(near -> "; did you mean '" + near + "'?")
                                        .orElse("; list it under 'groups' in a properties file"));
            }
        }
    }
}
