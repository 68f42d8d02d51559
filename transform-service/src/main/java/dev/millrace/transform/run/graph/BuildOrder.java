package dev.millrace.transform.run.graph;

import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.manifest.UnitTest;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What each node of a run waits for: the nodes that it reads, also through some that are not in the
 * run, and the tests of these.
 */
public final class BuildOrder {

    private final Map<String, Set<String>> waitsFor;

    private BuildOrder(Map<String, Set<String>> waitsFor) {
        this.waitsFor = waitsFor;
    }

    private Set<String> waits(String id) {
        return waitsFor.computeIfAbsent(id, key -> new LinkedHashSet<>());
    }

    /** Ids of the nodes of the run that a node waits for. */
    public Set<String> waitsFor(String id) {
        return waitsFor.getOrDefault(id, Set.of());
    }

    /** The order of some nodes, by what they read and nothing else. */
    public static BuildOrder of(Manifest manifest, List<? extends Step> steps) {
        Set<String> selected = new LinkedHashSet<>();
        steps.forEach(step -> selected.add(step.id()));
        Map<String, Set<String>> nearest = new HashMap<>();
        Map<String, Set<String>> waitsFor = new LinkedHashMap<>();
        for (Step step : steps) {
            // A unit test needs the relations that its model reads, and not the model's own.
            String reader = step instanceof UnitTest test ? test.model() : step.id();
            Set<String> parents = new LinkedHashSet<>();
            manifest.parents(reader)
                    .forEach(p -> parents.addAll(nearest(p, manifest, selected, nearest)));
            waitsFor.put(step.id(), parents);
        }
        return new BuildOrder(waitsFor);
    }

    /** The nearest nodes of the run, upwards. */
    private static Set<String> nearest(
            String id, Manifest manifest, Set<String> selected, Map<String, Set<String>> known) {
        if (selected.contains(id)) {
            return Set.of(id);
        }
        Set<String> found = known.get(id);
        if (found == null) {
            Set<String> collected = new LinkedHashSet<>();
            manifest.parents(id)
                    .forEach(p -> collected.addAll(nearest(p, manifest, selected, known)));
            known.put(id, collected);
            found = collected;
        }
        return found;
    }

    /**
     * The same where tests stop what is downstream: a node waits for each test that is about
     * nothing but what it reads, directly or not, and for the unit tests of its query. These wait
     * for what the node waits for.
     */
    public static BuildOrder withTests(Manifest manifest, List<? extends Step> steps) {
        BuildOrder order = of(manifest, steps);
        List<? extends Step> built = steps.stream().filter(step -> !step.isTest()).toList();
        Map<String, Integer> numbers = new HashMap<>();
        built.forEach(node -> numbers.put(node.id(), numbers.size()));
        Map<String, BitSet> upstream = new HashMap<>();
        for (Step node : built) {
            BitSet all = new BitSet();
            for (String parent : order.waitsFor(node.id())) {
                Integer number = numbers.get(parent);
                if (number != null) {
                    all.set(number);
                    all.or(upstream.getOrDefault(parent, new BitSet()));
                }
            }
            upstream.put(node.id(), all);
        }
        for (Step test : steps) {
            if (test instanceof Node && test.isTest()) {
                order.wait(built, upstream, numbers, test);
            }
        }
        for (Step step : steps) {
            if (step instanceof UnitTest test) {
                order.waits(test.id()).addAll(order.waitsFor(test.model()));
            }
        }
        for (Step step : steps) {
            if (step instanceof UnitTest test && order.waitsFor.containsKey(test.model())) {
                order.waitsFor.get(test.model()).add(test.id());
            }
        }
        return order;
    }

    private void wait(
            List<? extends Step> built,
            Map<String, BitSet> upstream,
            Map<String, Integer> numbers,
            Step test) {
        List<Integer> about = new ArrayList<>();
        for (String parent : waitsFor(test.id())) {
            Integer number = numbers.get(parent);
            if (number != null) {
                about.add(number);
            }
        }
        if (about.isEmpty()) {
            return;
        }
        for (Step node : built) {
            BitSet above = upstream.getOrDefault(node.id(), new BitSet());
            if (about.stream().allMatch(above::get)) {
                waits(node.id()).add(test.id());
            }
        }
    }
}
