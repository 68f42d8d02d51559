package dev.millrace.transform.run;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.materialization.AfterHookFailedException;
import dev.millrace.transform.materialization.Build;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.Built;
import dev.millrace.transform.materialization.Materializer;
import dev.millrace.transform.materialization.ModelSqlException;
import dev.millrace.transform.materialization.SeedTable;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.Compiled;
import dev.millrace.transform.model.Compiler;
import dev.millrace.transform.model.Materialized;
import dev.millrace.transform.model.Node;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Builds one node, and says in the user's words how it went. */
final class NodeRunner {

    private static final int SHOWN_LINE = 120;

    private final Compiler compiler;
    private final Materializer materializer;

    NodeRunner(Compiler compiler, Materializer materializer) {
        this.compiler = compiler;
        this.materializer = materializer;
    }

    /** The node's SQL; that of a seed is empty. */
    Compiled compile(Node node) {
        return compiler.compile(node);
    }

    /**
     * Builds a node.
     *
     * @param text contents of its file, for a seed
     * @param later relations that the run builds after it
     */
    NodeOutcome build(
            Session session, Node node, Compiled compiled, String text, Set<RelationName> later) {
        try {
            Build build = request(node, compiled, later);
            Built built =
                    node.settings().materialized() == Materialized.SEED
                            ? materializer.seed(session, build, seed(node, text))
                            : materializer.build(session, build);
            return NodeOutcome.success(built.rows(), built.message());
        } catch (AfterHookFailedException e) {
            return new NodeOutcome(
                    NodeStatus.ERROR, e.built().rows(), told(node, e.getMessage()), true);
        } catch (ModelSqlException e) {
            return NodeOutcome.error(located(node, compiled, e));
        } catch (BuildFailedException e) {
            return NodeOutcome.error(told(node, e.getMessage()));
        } catch (JinjaException e) {
            return NodeOutcome.error(String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            return Session.CANCELLED.equals(e.getSQLState())
                    ? NodeOutcome.cancelled(Session.problem(e))
                    : NodeOutcome.error(node.path() + ": " + Session.problem(e));
        }
    }

    private static String told(Node node, @Nullable String problem) {
        return node.path() + ": " + node.relation() + ": " + problem;
    }

    private Build request(Node node, Compiled compiled, Set<RelationName> later)
            throws BuildFailedException {
        Build.Kind kind =
                node.settings().materialized() == Materialized.VIEW
                        ? Build.Kind.VIEW
                        : Build.Kind.TABLE;
        return new Build(
                node.relation(),
                kind,
                compiled.sql(),
                BuildOptions.of(node),
                statements(node, node.settings().preHooks()),
                statements(node, node.settings().postHooks()),
                later);
    }

    private List<Build.Hook> statements(Node node, List<Node.Hook> hooks) {
        List<Build.Hook> statements = new ArrayList<>();
        for (Node.Hook hook : hooks) {
            String statement = compiler.statement(node, hook.sql());
            if (!statement.isEmpty()) {
                statements.add(new Build.Hook(statement, hook.inTransaction()));
            }
        }
        return statements;
    }

    private static SeedTable seed(Node node, String text) throws BuildFailedException {
        Map<String, String> types = new TreeMap<>();
        if (node.settings().all().get("column_types") instanceof Map<?, ?> given) {
            given.forEach(
                    (column, type) -> types.put(String.valueOf(column), String.valueOf(type)));
        }
        Object delimiter = node.settings().all().getOrDefault("delimiter", ",");
        String sign = String.valueOf(delimiter);
        return SeedTable.parse(text, sign.isEmpty() ? ',' : sign.charAt(0), types);
    }

    /** PostgreSQL's message with the place in the model's file and the line of the compiled SQL. */
    private static String located(Node node, Compiled compiled, ModelSqlException e) {
        if (e.offset() < 0) {
            return node.path() + ": " + e.getMessage();
        }
        String place = compiled.place(e.offset()).map(String::valueOf).orElse(node.path());
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
