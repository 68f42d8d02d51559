package dev.millrace.transform.model.manifest;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** All that is in one revision of a project and its packages. */
public final class Manifest {

    private final String rootPackage;
    private final String revision;
    private final Map<String, Node> nodes;
    private final Map<String, SourceTable> sources;
    private final Map<String, OtherResource> others;
    private final Map<String, UnitTest> unitTests;
    private final Map<String, Node> disabled;
    private final Map<String, SourceTable> disabledSources;
    private final Map<String, OtherResource> disabledOthers;
    private final Map<String, Set<String>> children = new TreeMap<>();
    private final Map<String, Map<String, List<Node>>> byName = new TreeMap<>();

    /** What the parts of a manifest are gathered in. */
    public record Parts(
            Map<String, Node> nodes,
            Map<String, SourceTable> sources,
            Map<String, OtherResource> others,
            Map<String, UnitTest> unitTests,
            Map<String, Node> disabled,
            Map<String, SourceTable> disabledSources,
            Map<String, OtherResource> disabledOthers) {

        public Parts() {
            this(
                    new LinkedHashMap<>(),
                    new LinkedHashMap<>(),
                    new LinkedHashMap<>(),
                    new LinkedHashMap<>(),
                    new LinkedHashMap<>(),
                    new LinkedHashMap<>(),
                    new LinkedHashMap<>());
        }
    }

    /**
     * @param rootPackage the project's own package
     * @param revision names the files that it was read from
     */
    public Manifest(String rootPackage, String revision, Parts parts) {
        this.rootPackage = rootPackage;
        this.revision = revision;
        this.nodes = Collections.unmodifiableMap(new LinkedHashMap<>(parts.nodes()));
        this.sources = Collections.unmodifiableMap(new LinkedHashMap<>(parts.sources()));
        this.others = Collections.unmodifiableMap(new LinkedHashMap<>(parts.others()));
        this.unitTests = Collections.unmodifiableMap(new LinkedHashMap<>(parts.unitTests()));
        this.disabled = Collections.unmodifiableMap(new LinkedHashMap<>(parts.disabled()));
        this.disabledSources =
                Collections.unmodifiableMap(new LinkedHashMap<>(parts.disabledSources()));
        this.disabledOthers =
                Collections.unmodifiableMap(new LinkedHashMap<>(parts.disabledOthers()));
        nodes.values().forEach(node -> adopt(node.id(), node.parents()));
        others.values().forEach(other -> adopt(other.id(), other.parents()));
        unitTests.values().forEach(test -> adopt(test.id(), List.of(test.model())));
        for (Node node : nodes.values()) {
            if (node.type().isReferable()) {
                byName.computeIfAbsent(node.name(), name -> new TreeMap<>())
                        .computeIfAbsent(node.packageName(), name -> new ArrayList<>())
                        .add(node);
            }
        }
    }

    private void adopt(String id, List<String> parents) {
        parents.forEach(parent -> children.computeIfAbsent(parent, p -> new TreeSet<>()).add(id));
    }

    public String rootPackage() {
        return rootPackage;
    }

    public String revision() {
        return revision;
    }

    /** Models, seeds, snapshots, tests, analyses and hooks by id. */
    public Map<String, Node> nodes() {
        return nodes;
    }

    public Map<String, SourceTable> sources() {
        return sources;
    }

    /** Exposures, metrics, semantic models and saved queries by id. */
    public Map<String, OtherResource> others() {
        return others;
    }

    public Map<String, UnitTest> unitTests() {
        return unitTests;
    }

    /** Nodes that are switched off, by id. */
    public Map<String, Node> disabled() {
        return disabled;
    }

    /** Source tables that are switched off, by id. */
    public Map<String, SourceTable> disabledSources() {
        return disabledSources;
    }

    /** Exposures and the like that are switched off, by id. */
    public Map<String, OtherResource> disabledOthers() {
        return disabledOthers;
    }

    /** The node or unit test of an id. */
    public Optional<Step> step(String id) {
        Node node = nodes.get(id);
        return node == null ? Optional.ofNullable(unitTests.get(id)) : Optional.of(node);
    }

    /** Ids of what a node, unit test or other resource depends on. */
    public List<String> parents(String id) {
        Node node = nodes.get(id);
        if (node != null) {
            return node.parents();
        }
        UnitTest test = unitTests.get(id);
        if (test != null) {
            return List.of(test.model());
        }
        OtherResource other = others.get(id);
        return other == null ? List.of() : other.parents();
    }

    /** Ids of what depends on a node or source table. */
    public Set<String> children(String id) {
        return children.getOrDefault(id, Set.of());
    }

    /**
     * The node that a {@code ref} means: of the given package, or else of the asking one, of the
     * project, or of any.
     *
     * @param asking package of the node that asks
     */
    public Optional<Node> find(Node.Ref ref, String asking) {
        Map<String, List<Node>> found = byName.getOrDefault(ref.name(), Map.of());
        List<String> packages =
                ref.packageName() == null
                        ? List.of(asking, rootPackage)
                        : List.of(ref.packageName());
        for (String packageName : packages) {
            Optional<Node> node =
                    ofVersion(found.getOrDefault(packageName, List.of()), ref.version());
            if (node.isPresent()) {
                return node;
            }
        }
        return ref.packageName() == null
                ? found.values().stream()
                        .flatMap(several -> ofVersion(several, ref.version()).stream())
                        .findFirst()
                : Optional.empty();
    }

    private static Optional<Node> ofVersion(List<Node> nodes, @Nullable String version) {
        return nodes.stream()
                .filter(
                        node ->
                                version == null
                                        ? node.version() == null
                                                || node.version()
                                                        .equals(node.properties().latestVersion())
                                        : version.equals(node.version()))
                .findFirst();
    }

    /** The table that a {@code source} means: of the asking package, the project, or any. */
    public Optional<SourceTable> source(String source, String table, String asking) {
        List<SourceTable> found =
                sources.values().stream()
                        .filter(each -> each.sourceName().equals(source))
                        .filter(each -> each.name().equals(table))
                        .toList();
        return found.stream()
                .filter(each -> each.packageName().equals(asking))
                .findFirst()
                .or(
                        () ->
                                found.stream()
                                        .filter(each -> each.packageName().equals(rootPackage))
                                        .findFirst())
                .or(() -> found.stream().findFirst());
    }
}
