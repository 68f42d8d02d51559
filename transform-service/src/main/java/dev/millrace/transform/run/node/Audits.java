package dev.millrace.transform.run.node;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.Audit;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.compile.Substitutes;
import dev.millrace.transform.model.manifest.EventWindow;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.ResourceType;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tests of models with {@code audit: before_publish}: they run on the new rows before these take
 * the place of the old ones, and what they found there counts when their own turn comes.
 */
final class Audits {

    private static final String SETTING = "audit";

    private final Manifest manifest;
    private final Map<String, NodeOutcome> found = new ConcurrentHashMap<>();

    Audits(Manifest manifest) {
        this.manifest = manifest;
    }

    /**
     * The audit that a node asks for.
     *
     * @throws BuildFailedException if it asks for one that there is not
     */
    Audit of(Attempt attempt) throws BuildFailedException {
        if (!isAsked(attempt.node())) {
            return Audit.NONE;
        }
        List<Node> tests = tests(attempt.node());
        return filled -> look(attempt, tests, filled);
    }

    /**
     * Refuses an audit where rows are seen as soon as they are made.
     *
     * @param made what makes them
     */
    static void refuse(Node node, String made) throws BuildFailedException {
        if (isAsked(node)) {
            throw new BuildFailedException(
                    "audit: before_publish is for seeds, views, tables and incremental models: "
                            + made
                            + " cannot be looked at before others see it; set audit to none for"
                            + " this one, or choose another materialization");
        }
    }

    private static boolean isAsked(Node node) throws BuildFailedException {
        String setting = node.settings().text(SETTING, "none");
        return switch (setting) {
            case "before_publish" -> true;
            case "none" -> false;
            default ->
                    throw new BuildFailedException(
                            "'audit' is before_publish or none, not '" + setting + "'");
        };
    }

    /** What a test found when it looked at rows before they were published; null if it did not. */
    @Nullable NodeOutcome take(Node test) {
        return found.remove(test.id());
    }

    /**
     * Tests that read a node, and beside it only what is there by then: sources, and what the node
     * itself is made of.
     */
    private List<Node> tests(Node node) {
        Set<String> there = new HashSet<>();
        collect(node.id(), there);
        List<Node> tests = new ArrayList<>();
        for (String id : manifest.children(node.id())) {
            Node child = manifest.nodes().get(id);
            if (child != null
                    && child.type() == ResourceType.TEST
                    && child.parents().stream()
                            .allMatch(
                                    parent ->
                                            there.contains(parent)
                                                    || manifest.sources().containsKey(parent))) {
                tests.add(child);
            }
        }
        return tests;
    }

    private void collect(String id, Set<String> there) {
        if (there.add(id)) {
            manifest.parents(id).forEach(parent -> collect(parent, there));
        }
    }

    private void look(Attempt attempt, List<Node> tests, RelationName filled)
            throws SQLException, BuildFailedException {
        Compiler compiler =
                attempt.compiler()
                        .substituting(
                                new Filled(
                                        attempt.node(), filled, attempt.compiler().substitutes()));
        List<String> failed = new ArrayList<>();
        for (Node test : tests) {
            String failure = failure(attempt.session(), compiler, test);
            if (failure != null) {
                failed.add(failure);
            }
        }
        if (!failed.isEmpty()) {
            tests.forEach(test -> found.remove(test.id()));
            throw new BuildFailedException(
                    failed.size()
                            + " of "
                            + tests.size()
                            + " tests failed on its new rows, which were not published: "
                            + String.join("; ", failed));
        }
    }

    /** Runs a test; how it failed, or null. */
    private @Nullable String failure(Session session, Compiler compiler, Node test)
            throws SQLException, BuildFailedException {
        String sql = compiler.compile(test).sql();
        DataTest running =
                new DataTest(
                        session,
                        test,
                        new NodeMacros(compiler, test, sql),
                        compiler.workspace().invocation().storeFailures());
        NodeOutcome outcome;
        try {
            outcome = running.run(sql);
        } catch (SQLException e) {
            if (Session.isAboutStatement(e)) {
                throw new BuildFailedException(
                        "the test '"
                                + test.name()
                                + "' cannot be run on its new rows, which were not published: "
                                + Session.problem(e));
            }
            throw e;
        }
        found.put(test.id(), outcome);
        if (!outcome.status().isFailure()) {
            return null;
        }
        // What a test keeps in a transaction goes when that is rolled back.
        boolean kept = running.storesFailures() && !session.inTransaction();
        return "'"
                + test.name()
                + "' ("
                + outcome.message()
                + (kept ? ", kept in " + test.relationName() : "")
                + ")";
    }

    /** A node's new rows stand for its relation. */
    private record Filled(Node node, RelationName filled, Substitutes others)
            implements Substitutes {

        @Override
        public Optional<Relation> of(String id) {
            return id.equals(node.id())
                    ? Optional.of(node.relation().withIdentifier(filled.name()))
                    : others.of(id);
        }

        @Override
        public Optional<EventWindow> windowOf(Node ephemeral) {
            return others.windowOf(ephemeral);
        }

        @Override
        public Substitutes withinEphemerals() {
            return new Filled(node, filled, others.withinEphemerals());
        }
    }
}
