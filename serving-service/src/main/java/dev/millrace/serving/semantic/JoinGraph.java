package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.Join;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The declared joins of a model as ways from cube to cube, each to be walked one way only. */
final class JoinGraph {

    private final Map<String, List<Edge>> edges = new HashMap<>();

    /** A declared join, from the cube that declares it; one object for each. */
    static final class Edge {

        private final Cube from;
        private final Join join;

        private Edge(Cube from, Join join) {
            this.from = from;
            this.join = join;
        }

        Cube from() {
            return from;
        }

        Join join() {
            return join;
        }

        String source() {
            return from.name();
        }

        String target() {
            return join.target();
        }
    }

    JoinGraph(Collection<Cube> cubes) {
        cubes.forEach(
                cube ->
                        edges.put(
                                cube.name(),
                                cube.joins().stream().map(join -> new Edge(cube, join)).toList()));
    }

    /**
     * The smallest tree that holds all the ways, found as Cube does: each way's first cube is tried
     * as the root, in order, and the fewest joins win.
     *
     * @param ways cubes to pass, in the order of the query's members
     */
    JoinTree tree(Collection<List<String>> ways) {
        List<List<String>> distinct = List.copyOf(new LinkedHashSet<>(ways));
        @Nullable JoinTree best = null;
        for (int root = 0; root < distinct.size(); root++) {
            JoinTree tree = treeFrom(distinct, root);
            if (tree != null && (best == null || tree.edges().size() < best.edges().size())) {
                best = tree;
            }
        }
        if (best == null) {
            throw QueryException.user(
                    distinct.stream()
                            .map(List::getLast)
                            .distinct()
                            .map(cube -> "'" + cube + "'")
                            .collect(
                                    Collectors.joining(", ", "Can't find join path to join ", "")));
        }
        return best;
    }

    private @Nullable JoinTree treeFrom(List<List<String>> ways, int rootIndex) {
        String root = ways.get(rootIndex).getFirst();
        List<List<String>> rest = new ArrayList<>();
        rest.add(ways.get(rootIndex));
        for (int i = 0; i < ways.size(); i++) {
            if (i != rootIndex) {
                rest.add(ways.get(i));
            }
        }
        Set<String> joined = new HashSet<>(Set.of(root));
        Set<Edge> tree = new LinkedHashSet<>();
        for (List<String> way : rest) {
            String from = root;
            for (String to : way) {
                if (!to.equals(from) && joined.add(to)) {
                    List<Edge> path = path(from, to);
                    if (path == null) {
                        return null;
                    }
                    tree.addAll(path);
                }
                from = to;
            }
        }
        return new JoinTree(root, List.copyOf(tree));
    }

    private @Nullable List<Edge> path(String from, String to) {
        Map<String, Edge> reachedBy = new HashMap<>();
        Set<String> seen = new HashSet<>(Set.of(from));
        Deque<String> open = new ArrayDeque<>(List.of(from));
        while (!open.isEmpty()) {
            for (Edge edge : edges.getOrDefault(open.remove(), List.of())) {
                if (!seen.add(edge.target())) {
                    continue;
                }
                reachedBy.put(edge.target(), edge);
                if (edge.target().equals(to)) {
                    return walkBack(reachedBy, from, to);
                }
                open.add(edge.target());
            }
        }
        return null;
    }

    private static List<Edge> walkBack(Map<String, Edge> reachedBy, String from, String to) {
        List<Edge> path = new ArrayList<>();
        String at = to;
        while (!at.equals(from)) {
            Edge edge = java.util.Objects.requireNonNull(reachedBy.get(at));
            path.add(edge);
            at = edge.source();
        }
        Collections.reverse(path);
        return path;
    }
}
