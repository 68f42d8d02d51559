package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.Manifest;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** All that is switched on in a manifest, and how it hangs together. */
final class Resources {

    private final Manifest manifest;
    private final Map<String, Resource> all = new LinkedHashMap<>();

    Resources(Manifest manifest) {
        this.manifest = manifest;
        manifest.nodes().values().stream()
                .filter(node -> node.settings().enabled())
                .forEach(node -> all.put(node.id(), new Resource.OfNode(node)));
        manifest.unitTests()
                .values()
                .forEach(test -> all.put(test.id(), new Resource.OfUnitTest(test)));
        manifest.sources()
                .values()
                .forEach(source -> all.put(source.id(), new Resource.OfSource(source)));
        manifest.others()
                .values()
                .forEach(other -> all.put(other.id(), new Resource.OfOther(other)));
    }

    Manifest manifest() {
        return manifest;
    }

    Collection<Resource> all() {
        return all.values();
    }

    @Nullable Resource get(String id) {
        return all.get(id);
    }

    /** Ids of those that a condition holds for, in their order. */
    Set<String> where(Predicate<Resource> condition) {
        Set<String> found = new LinkedHashSet<>();
        for (Resource each : all.values()) {
            if (condition.test(each)) {
                found.add(each.id());
            }
        }
        return found;
    }

    /** Ids of what a resource depends on, also of what is not switched on. */
    List<String> parents(String id) {
        return manifest.parents(id);
    }

    /** Ids of what is reached from some by a number of steps towards ancestors. */
    Set<String> ancestors(Set<String> from, int steps) {
        return reached(from, steps, id -> Set.copyOf(manifest.parents(id)));
    }

    /** Ids of what is reached from some by a number of steps towards descendants. */
    Set<String> descendants(Set<String> from, int steps) {
        return reached(from, steps, manifest::children);
    }

    private interface Neighbours {
        Set<String> of(String id);
    }

    private Set<String> reached(Set<String> from, int steps, Neighbours neighbours) {
        Set<String> reached = new LinkedHashSet<>();
        Set<String> layer = from;
        for (int step = 0; step < steps && !layer.isEmpty(); step++) {
            Set<String> next = new TreeSet<>();
            for (String id : layer) {
                for (String neighbour : neighbours.of(id)) {
                    if (all.containsKey(neighbour) && reached.add(neighbour)) {
                        next.add(neighbour);
                    }
                }
            }
            layer = next;
        }
        return reached;
    }
}
