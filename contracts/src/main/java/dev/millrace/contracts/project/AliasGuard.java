package dev.millrace.contracts.project;

import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.SequenceNode;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Refuses documents that a few aliases make endless, or far larger than they look: whoever reads
 * them walks through every alias as if its value stood there.
 */
final class AliasGuard {

    private static final long MAX_VALUES = 2_000_000;
    private static final int MAX_DEPTH = 100;

    private final IdentityHashMap<Node, Extent> known = new IdentityHashMap<>();
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());

    private record Extent(long values, int depth) {

        static final Extent ONE = new Extent(1, 1);

        Extent with(Extent child) {
            // Less than two billion each, so that the sum of two is never too large for a long.
            return new Extent(
                    Math.min(values + child.values, Integer.MAX_VALUE),
                    Math.max(depth, child.depth + 1));
        }
    }

    /** What is wrong with a document. */
    static final class Refusal extends MarkedYAMLException {

        Refusal(String problem, Mark mark) {
            super(null, null, problem, mark);
        }
    }

    static void check(Node root) {
        Extent extent = new AliasGuard().extent(root);
        if (extent.values > MAX_VALUES) {
            throw new Refusal(
                    "its aliases stand for more than two million values; write less",
                    root.getStartMark());
        }
        if (extent.depth > MAX_DEPTH) {
            throw new Refusal(
                    "its aliases nest values deeper than " + MAX_DEPTH + " levels",
                    root.getStartMark());
        }
    }

    private Extent extent(Node node) {
        Extent found = known.get(node);
        if (found != null) {
            return found;
        }
        if (!open.add(node)) {
            throw new Refusal("the value contains itself, by an alias", node.getStartMark());
        }
        Extent extent = Extent.ONE;
        switch (node) {
            case MappingNode mapping -> {
                for (NodeTuple tuple : mapping.getValue()) {
                    extent =
                            extent.with(extent(tuple.getKeyNode()))
                                    .with(extent(tuple.getValueNode()));
                }
            }
            case SequenceNode sequence -> {
                for (Node item : sequence.getValue()) {
                    extent = extent.with(extent(item));
                }
            }
            default -> {}
        }
        open.remove(node);
        known.put(node, extent);
        return extent;
    }
}
