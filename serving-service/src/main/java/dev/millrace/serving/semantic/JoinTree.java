package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Join.Relationship;
import dev.millrace.serving.semantic.JoinGraph.Edge;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Cubes joined to a root.
 *
 * @param edges in an order in which each joins to what is joined already
 */
record JoinTree(String root, List<Edge> edges) {

    JoinTree {
        Set<String> targets = new HashSet<>(Set.of(root));
        for (Edge edge : edges) {
            if (!targets.add(edge.target())) {
                throw QueryException.user(
                        "'%s' can be joined in more than one way here; use a view that names the way"
                                .formatted(edge.target()));
            }
        }
        edges = List.copyOf(edges);
    }

    /** All the cubes, the root first. */
    Stream<String> cubes() {
        return Stream.concat(Stream.of(root), edges.stream().map(Edge::target));
    }

    /** Whether a row of the cube can stand in several rows of the join. */
    boolean multiplies(String cube) {
        return multiplies(cube, new HashSet<>());
    }

    private boolean multiplies(String cube, Set<String> visited) {
        if (!visited.add(cube)) {
            return false;
        }
        for (Edge edge : edges) {
            boolean outward = edge.source().equals(cube);
            boolean inward = edge.target().equals(cube);
            String next = outward ? edge.target() : edge.source();
            if ((!outward && !inward) || visited.contains(next)) {
                continue;
            }
            Relationship relationship = edge.join().relationship();
            boolean many =
                    outward
                            ? relationship == Relationship.ONE_TO_MANY
                            : relationship == Relationship.MANY_TO_ONE;
            if (many || multiplies(next, visited)) {
                return true;
            }
        }
        return false;
    }
}
