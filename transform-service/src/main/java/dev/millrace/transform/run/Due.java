package dev.millrace.transform.run;

import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.run.node.NodeStatus;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is to be built: everything when the project has a new revision, and tables when what they
 * read has changed since.
 *
 * @param cause {@code revision} or {@code freshness}
 * @param nodes each stands after those that it reads
 * @param next when another may be due though nothing changes; null if none will be
 */
record Due(String cause, List<Node> nodes, @Nullable Instant next) {

    /**
     * Finds out what is due.
     *
     * @param unbuildable nodes that cannot be built yet
     * @param attempts the last attempt at each node
     * @param versions of all that nodes read
     */
    static Due of(
            Manifest graph,
            Set<String> unbuildable,
            Map<String, ModelState.Attempt> attempts,
            Map<String, Long> versions,
            ModelSettings settings,
            Instant now) {
        Finding finding = new Finding(graph, attempts, versions, new Inputs(graph), settings, now);
        List<Node> nodes = new ArrayList<>();
        boolean newRevision = false;
        Instant next = null;
        for (Node node : graph.nodes().values()) {
            if (!isKept(node) || unbuildable.contains(node.id())) {
                continue;
            }
            if (finding.isDue(node)) {
                nodes.add(node);
                newRevision |= finding.attempt(node.id()) == null;
                continue;
            }
            Instant at = finding.dueAt(node);
            if (at != null && at.isAfter(now) && (next == null || at.isBefore(next))) {
                next = at;
            }
        }
        return new Due(newRevision ? "revision" : "freshness", List.copyOf(nodes), next);
    }

    /** Whether a node is kept fresh by itself: tests run with what they are about. */
    static boolean isKept(Node node) {
        return node.isRun() && !node.isTest();
    }

    /** Whether a node has what it reads without being built again. */
    private static boolean isCurrent(Node node) {
        return node.holdsNoRows() || isLive(node);
    }

    static boolean isLive(Node node) {
        return node.materialized().equals("live");
    }

    /** Looks at the nodes in their order. */
    private static final class Finding {

        private final Manifest graph;
        private final Map<String, ModelState.Attempt> attempts;
        private final Map<String, Long> versions;
        private final Inputs inputs;
        private final ModelSettings settings;
        private final Instant now;
        private final Set<String> due = new HashSet<>();
        private final Set<String> held = new HashSet<>();

        Finding(
                Manifest graph,
                Map<String, ModelState.Attempt> attempts,
                Map<String, Long> versions,
                Inputs inputs,
                ModelSettings settings,
                Instant now) {
            this.graph = graph;
            this.attempts = attempts;
            this.versions = versions;
            this.inputs = inputs;
            this.settings = settings;
            this.now = now;
        }

        boolean isDue(Node node) {
            if (!isWanted(node)) {
                return false;
            }
            // Built now, it would read what the last revision made of a parent that failed.
            if (graph.parents(node.id()).stream().anyMatch(this::keepsOthersWaiting)) {
                held.add(node.id());
                return false;
            }
            due.add(node.id());
            return true;
        }

        private boolean keepsOthersWaiting(String parent) {
            ModelState.Attempt last = attempt(parent);
            boolean failed = last != null && last.status() != NodeStatus.SUCCESS;
            return held.contains(parent) || (failed && !due.contains(parent));
        }

        private boolean isWanted(Node node) {
            ModelState.Attempt last = attempt(node.id());
            if (last == null) {
                return true;
            }
            Instant at = dueAt(node);
            if (at != null && !at.isAfter(now)) {
                return true;
            }
            return last.status() != NodeStatus.CANCELLED
                    && !isCurrent(node)
                    && graph.parents(node.id()).stream().anyMatch(due::contains);
        }

        /** The last attempt at this revision. */
        ModelState.@Nullable Attempt attempt(String node) {
            ModelState.Attempt last = attempts.get(node);
            return last != null && last.revision().equals(graph.revision()) ? last : null;
        }

        /** When a node is due by itself; null if nothing is known to make it so. */
        @Nullable Instant dueAt(Node node) {
            ModelState.Attempt last = attempt(node.id());
            Duration lag = settings.targetLag();
            if (last == null || lag.isZero()) {
                return null;
            }
            Instant again =
                    last.status() == NodeStatus.SUCCESS
                            ? null
                            : last.attemptedAt().plus(settings.retryAfter());
            if (last.status() == NodeStatus.CANCELLED) {
                return again;
            }
            boolean changed = !last.inputs().equals(inputs.versions(node, versions));
            // A view shows what it reads, and a live model follows it; only one that failed has to
            // be tried again.
            boolean canFallBehind = !isCurrent(node) || again != null;
            if (!changed || !canFallBehind) {
                return again;
            }
            Instant behind = last.attemptedAt().plus(lag);
            return again == null || behind.isBefore(again) ? behind : again;
        }
    }
}
