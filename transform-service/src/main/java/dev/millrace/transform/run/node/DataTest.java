package dev.millrace.transform.run.node;

import dev.millrace.transform.check.TestVerdict;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.materialization.TenantTables;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.NodeSettings;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.List;

/** Runs a test: counts the rows that its query gives, and keeps them if that is asked for. */
final class DataTest {

    private final Session session;
    private final Node node;
    private final NodeMacros macros;
    private final boolean storesAnyway;

    /**
     * @param storesAnyway whether the run keeps failures of tests that do not say
     */
    DataTest(Session session, Node node, NodeMacros macros, boolean storesAnyway) {
        this.session = session;
        this.node = node;
        this.macros = macros;
        this.storesAnyway = storesAnyway;
    }

    NodeOutcome run(String sql) throws SQLException, BuildFailedException {
        NodeSettings settings = node.settings();
        String query = storesFailures() ? stored(sql) : sql;
        Object limit = settings.get("limit");
        String counting =
                macros.text(
                        "get_test_sql",
                        query,
                        settings.text("fail_calc", "count(*)"),
                        settings.text("warn_if", "!= 0"),
                        settings.text("error_if", "!= 0"),
                        limit == null ? None.NONE : Values.of(limit));
        Session.Outcome outcome = session.run(counting, 2);
        if (outcome.rows().size() != 1 || outcome.columns().size() != 3) {
            throw new BuildFailedException(
                    "a test's count must be one row; fail_calc or the macro get_test_sql gives "
                            + outcome.rows().size());
        }
        List<@Nullable Object> row = outcome.rows().getFirst();
        TestVerdict verdict =
                TestVerdict.of(
                        settings.text("severity", "error"),
                        number(row.get(0)),
                        truth(row.get(1)),
                        truth(row.get(2)),
                        settings.text("warn_if", "!= 0"),
                        settings.text("error_if", "!= 0"));
        return NodeOutcome.tested(
                switch (verdict.result()) {
                    case PASS -> NodeStatus.PASS;
                    case WARN -> NodeStatus.WARN;
                    case FAIL -> NodeStatus.FAIL;
                },
                verdict.failures(),
                verdict.message());
    }

    private static long number(@Nullable Object value) throws BuildFailedException {
        if (value instanceof Number number) {
            return number.longValue();
        }
        throw new BuildFailedException(
                "fail_calc must give a number, and gives " + value + "; coalesce it with 0");
    }

    private static boolean truth(@Nullable Object value) {
        return value instanceof Boolean flag && flag;
    }

    boolean storesFailures() {
        Object setting = node.settings().get("store_failures");
        return setting == null ? storesAnyway : String.valueOf(setting).equalsIgnoreCase("true");
    }

    /** Keeps the rows that fail; the query over what was kept. */
    private String stored(String sql) throws SQLException, BuildFailedException {
        String as = node.settings().text("store_failures_as", "table");
        String schema = node.relationName().schema();
        Object relation =
                macros.relation(node.relationName(), as.equals("view") ? "view" : "table");
        session.run("CREATE SCHEMA IF NOT EXISTS " + quoted(schema), 1);
        for (String kind : List.of("VIEW", "TABLE")) {
            boolean there =
                    !session.rows(
                                    "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid ="
                                            + " c.relnamespace WHERE n.nspname = ? AND c.relname ="
                                            + " ? AND c.relkind = ?",
                                    schema,
                                    node.relationName().name(),
                                    kind.equals("VIEW") ? "v" : "r")
                            .isEmpty();
            if (there) {
                session.run("DROP " + kind + " " + node.relationName().quoted() + " CASCADE", 1);
            }
        }
        String creation =
                as.equals("view")
                        ? macros.text("get_create_view_as_sql", relation, sql)
                        : macros.text("get_create_table_as_sql", false, relation, sql);
        TenantTables.withholding(session, node.relationName(), sql, () -> session.run(creation, 1));
        return "select * from " + node.relationName().quoted();
    }

    private static String quoted(String name) {
        return dev.millrace.contracts.warehouse.RelationName.quote(name);
    }
}
