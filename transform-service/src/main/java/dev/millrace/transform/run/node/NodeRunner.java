package dev.millrace.transform.run.node;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.materialization.AfterHookFailedException;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.LiveTables;
import dev.millrace.transform.materialization.Materializer;
import dev.millrace.transform.materialization.ModelSqlException;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.compile.Compiled;
import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.compile.Substitutes;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.context.Warehouse;
import dev.millrace.transform.model.context.WarehouseException;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ProjectMacro;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.manifest.UnitTest;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** Carries out one node, and says in the user's words how it went. */
public final class NodeRunner {

    private static final int SHOWN_LINE = 120;

    private final Manifest manifest;
    private final Workspace workspace;
    private final Materializer materializer;
    private final Relations relations;
    private final Map<String, BatchResults> before;
    private final Substitutes substitutes;

    /**
     * @param fileText contents of the project's file at a path
     */
    public NodeRunner(
            Manifest manifest,
            Workspace workspace,
            Materializer materializer,
            Function<String, String> fileText) {
        this(manifest, workspace, materializer, LiveTables.NONE, fileText);
    }

    /**
     * @param liveTables looks after live models
     * @param fileText contents of the project's file at a path
     */
    public NodeRunner(
            Manifest manifest,
            Workspace workspace,
            Materializer materializer,
            LiveTables liveTables,
            Function<String, String> fileText) {
        this(
                manifest,
                workspace,
                materializer,
                new Relations(manifest, materializer, liveTables, fileText),
                Map.of(),
                Substitutes.NONE);
    }

    private NodeRunner(
            Manifest manifest,
            Workspace workspace,
            Materializer materializer,
            Relations relations,
            Map<String, BatchResults> before,
            Substitutes substitutes) {
        this.manifest = manifest;
        this.workspace = workspace;
        this.materializer = materializer;
        this.relations = relations;
        this.before = Map.copyOf(before);
        this.substitutes = substitutes;
    }

    /** One that builds of some models those batches only that failed in an earlier run, by id. */
    public NodeRunner retrying(Map<String, BatchResults> results) {
        return new NodeRunner(manifest, workspace, materializer, relations, results, substitutes);
    }

    /** One for which relations of another environment stand for those of some nodes. */
    public NodeRunner deferring(Substitutes others) {
        return new NodeRunner(manifest, workspace, materializer, relations, before, others);
    }

    /**
     * Compiles a node and, if it is one that is built or tested, does that.
     *
     * @param later relations that the run builds after it
     * @param compiled takes the node's SQL as soon as it is there
     */
    public NodeOutcome run(
            Session session, Step step, Set<RelationName> later, Consumer<String> compiled) {
        return attempt(
                session,
                step,
                (warehouse, compiler) ->
                        switch (step) {
                            case Node node ->
                                    run(session, warehouse, node, compiler, later, compiled);
                            case UnitTest test ->
                                    new UnitTestRun(session, test, manifest, compiler)
                                            .run(compiled);
                        });
    }

    /**
     * Makes a node's relation a view of one that another environment has built, as {@code dbt
     * clone} does. What is there already stays, unless the run builds from nothing.
     *
     * @param other what the other environment has; null if it has not built the node
     */
    public NodeOutcome clone(Session session, Node node, @Nullable Relation other) {
        return attempt(
                session,
                node,
                (warehouse, compiler) -> new Clone(session, node, compiler, relations).of(other));
    }

    /** Calls a macro by itself, and commits what it has begun. */
    public NodeOutcome call(Session session, MacroCall call) {
        Node operation = MacroCall.operation(workspace, call.macro());
        return attempt(
                session,
                operation,
                (warehouse, compiler) -> {
                    ProjectMacro macro = call.find(workspace);
                    warehouse.letTemplatesCommit();
                    Object result =
                            compiler.names(operation, null)
                                    .rendering()
                                    .call(macro.definition(), call.values());
                    warehouse.commit();
                    return NodeOutcome.success(null, Values.text(result).strip());
                });
    }

    /** Carries out a hook of the project: a statement of its own, if it comes to any. */
    NodeOutcome statement(
            Session session, Node hook, Consumer<TemplateNames> names, Consumer<String> compiled) {
        return attempt(
                session,
                hook,
                (warehouse, compiler) -> {
                    warehouse.letTemplatesCommit();
                    String sql = compiler.seeing(names).compile(hook).sql();
                    warehouse.commit();
                    compiled.accept(sql);
                    if (sql.isBlank()) {
                        return NodeOutcome.success(null, "OK");
                    }
                    Warehouse.Answer answer = warehouse.execute(sql, false, null);
                    return NodeOutcome.success(
                            answer.rows() < 0 ? null : answer.rows(), answer.message());
                });
    }

    private interface Work {
        NodeOutcome run(NodeWarehouse warehouse, Compiler compiler)
                throws SQLException, BuildFailedException, AfterHookFailedException;
    }

    private NodeOutcome attempt(Session session, Step step, Work work) {
        NodeWarehouse warehouse = new NodeWarehouse(session);
        try {
            return work.run(warehouse, new Compiler(manifest, workspace, warehouse, substitutes));
        } catch (AfterHookFailedException e) {
            return new NodeOutcome(
                    NodeStatus.ERROR, e.built().rows(), null, told(step, e.getMessage()), true);
        } catch (BuildFailedException e) {
            return NodeOutcome.error(told(step, e.getMessage()));
        } catch (JinjaException e) {
            return NodeOutcome.error((step instanceof UnitTest ? told(step) : "") + e.getMessage());
        } catch (WarehouseException e) {
            return failed(step, e.failure());
        } catch (SQLException e) {
            return failed(step, e);
        } finally {
            rollback(warehouse);
        }
    }

    private NodeOutcome run(
            Session session,
            NodeWarehouse warehouse,
            Node node,
            Compiler compiler,
            Set<RelationName> later,
            Consumer<String> compiled)
            throws SQLException, BuildFailedException, AfterHookFailedException {
        relations.end(session, node);
        if (MicrobatchModel.isOne(node)) {
            Audits.refuse(node, "a batch");
            return new MicrobatchModel(session, warehouse, node, manifest, compiler, materializer)
                    .run(before.get(node.id()), later, compiled);
        }
        Compiled sql = compiler.compile(node);
        compiled.accept(sql.sql());
        try {
            return carryOut(new Attempt(session, warehouse, node, compiler, sql, later));
        } catch (ModelSqlException e) {
            return NodeOutcome.error(located(node, sql, e));
        }
    }

    /** The SQL of nodes that nobody runs, by their ids. */
    public Map<String, DryNode> compiled(Session session, List<? extends Step> steps) {
        Compiler compiler =
                new Compiler(manifest, workspace, new NodeWarehouse(session), substitutes);
        Map<String, DryNode> compiled = new TreeMap<>();
        for (Step step : steps) {
            if (!(step instanceof Node node)) {
                continue;
            }
            try {
                compiled.put(node.id(), new DryNode(compiler.compile(node).sql(), null));
            } catch (JinjaException | WarehouseException e) {
                compiled.put(node.id(), new DryNode(null, String.valueOf(e.getMessage())));
            }
        }
        return compiled;
    }

    private static void rollback(NodeWarehouse warehouse) {
        try {
            warehouse.rollback();
        } catch (SQLException e) {
            // The session is thrown away with what was begun in it.
        }
    }

    private static NodeOutcome failed(Step step, SQLException e) {
        return Session.CANCELLED.equals(e.getSQLState())
                ? NodeOutcome.cancelled(Session.problem(e))
                : NodeOutcome.error(told(step) + Session.problem(e));
    }

    private NodeOutcome carryOut(Attempt attempt)
            throws SQLException, ModelSqlException, BuildFailedException, AfterHookFailedException {
        return switch (attempt.node().type()) {
            case TEST -> test(attempt);
            case MODEL, SNAPSHOT, SEED -> relations.make(attempt);
            default -> NodeOutcome.success(null, "COMPILED");
        };
    }

    private NodeOutcome test(Attempt attempt) throws SQLException, BuildFailedException {
        NodeOutcome audited = relations.audited(attempt.node());
        return audited != null
                ? audited
                : new DataTest(
                                attempt.session(),
                                attempt.node(),
                                attempt.macros(),
                                workspace.invocation().storeFailures())
                        .run(attempt.compiled().sql());
    }

    private static String told(Step step, @Nullable String problem) {
        return told(step) + (step instanceof Node node ? node.relationName() + ": " : "") + problem;
    }

    /** Where the mistake is to be looked for. */
    private static String told(Step step) {
        return step.position().file()
                + ": "
                + (step instanceof UnitTest ? "unit test '" + step.name() + "': " : "");
    }

    /** PostgreSQL's message with the place in the model's file and the line of the compiled SQL. */
    static String located(Node node, Compiled compiled, ModelSqlException e) {
        if (e.offset() < 0) {
            return node.position().file() + ": " + e.getMessage();
        }
        String place =
                compiled.place(e.offset()).map(String::valueOf).orElse(node.position().file());
        int line = compiled.line(e.offset());
        String text = compiled.sql().lines().skip(line - 1L).findFirst().orElse("");
        String shown = text.strip();
        return place
                + ": "
                + e.getMessage()
                + " (line "
                + line
                + " of the compiled SQL: "
                + (shown.length() > SHOWN_LINE ? shown.substring(0, SHOWN_LINE) + "…" : shown)
                + ")";
    }
}
