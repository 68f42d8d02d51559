package dev.millrace.transform.run.node;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.check.RowDifference;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.context.RelationValue;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.UnitTest;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs a unit test: the model's query on the given rows, and what it gives beside what it should.
 */
final class UnitTestRun {

    /** Rows of both sides that are compared. */
    private static final int MAX_ROWS = 10_000;

    private static final String TEMPORARY = "mr_unit_test";

    private final Session session;
    private final UnitTest test;
    private final Node model;
    private final UnitTestInputs inputs;
    private final Compiler compiler;

    /**
     * @param outside compiles as things are outside of the test
     */
    UnitTestRun(Session session, UnitTest test, Manifest manifest, Compiler outside)
            throws BuildFailedException {
        this.session = session;
        this.test = test;
        Node tested = manifest.nodes().get(test.model());
        if (tested == null) {
            throw new BuildFailedException("there is no model " + test.model());
        }
        this.model = tested;
        this.inputs = new UnitTestInputs(test, manifest, outside);
        this.compiler =
                outside.during(outside.workspace().invocation().with(test.overridden("vars")))
                        .substituting(inputs)
                        .seeing(this::override);
    }

    private void override(TemplateNames names) {
        names.overriding("is_incremental", (Invocable) arguments -> false);
        test.overridden("macros")
                .forEach(
                        (name, value) ->
                                names.overriding(name, (Invocable) arguments -> Values.of(value)));
        Map<String, Object> environment = test.overridden("env_vars");
        if (!environment.isEmpty() && names.find("env_var") instanceof Invocable real) {
            names.overriding(
                    "env_var",
                    (Invocable)
                            arguments -> {
                                Object name = arguments.positional().getFirst();
                                Object value = environment.get(Values.text(name));
                                return value == null
                                        ? real.call(arguments)
                                        : Values.text(Values.of(value));
                            });
        }
        names.with("this", inputs.own(model).<Object>map(RelationValue::new).orElse(None.NONE));
    }

    NodeOutcome run(Consumer<String> compiled) throws SQLException, BuildFailedException {
        inputs.prepare(session, model);
        String sql = compiler.compile(model, inputs.queries()).sql();
        compiled.accept(sql);
        Columns columns = columns(sql);
        ListValue tested = tested(columns);
        String expected =
                test.expect().sql() == null
                        ? columns.macros()
                                .text(
                                        "get_expected_sql",
                                        UnitTestInputs.rows(test.expect()),
                                        columns.types(),
                                        columns.quoted())
                        : test.expect().sql();
        Session.Outcome outcome =
                session.run(
                        columns.macros().text("get_unit_test_sql", sql, expected, tested),
                        MAX_ROWS + 1);
        if (outcome.rows().size() > MAX_ROWS) {
            throw new BuildFailedException(
                    "the model gives more than " + MAX_ROWS + " rows; give it fewer");
        }
        return judged(outcome);
    }

    private static NodeOutcome judged(Session.Outcome outcome) {
        List<List<@Nullable Object>> expected = new ArrayList<>();
        List<List<@Nullable Object>> actual = new ArrayList<>();
        for (List<@Nullable Object> row : outcome.rows()) {
            boolean isActual = "actual".equals(row.getLast());
            (isActual ? actual : expected).add(row.subList(0, row.size() - 1));
        }
        RowDifference difference =
                RowDifference.between(
                        outcome.columns().subList(0, outcome.columns().size() - 1),
                        expected,
                        actual);
        return difference.isEmpty()
                ? NodeOutcome.tested(NodeStatus.PASS, 0, null)
                : NodeOutcome.tested(
                        NodeStatus.FAIL,
                        1,
                        "actual differs from expected:\n\n" + difference.table() + "\n");
    }

    /** The columns that the model gives. */
    private record Columns(NodeMacros macros, DictValue types, DictValue quoted) {}

    private Columns columns(String sql) throws SQLException {
        DictValue described = new DictValue();
        described.put("name", test.name());
        described.put("resource_type", "unit_test");
        NodeMacros macros =
                new NodeMacros(
                        compiler, model, compiler.names(model, sql).with("model", described));
        String table = "pg_temp." + RelationName.quote(TEMPORARY);
        session.run("DROP TABLE IF EXISTS " + table, 1);
        session.run(
                "CREATE TEMPORARY TABLE "
                        + RelationName.quote(TEMPORARY)
                        + " AS "
                        + macros.text("get_empty_subquery_sql", sql),
                1);
        DictValue types = new DictValue();
        DictValue quoted = new DictValue();
        Object found =
                macros.call(
                        "get_columns_for_unit_tests", macros.relation(null, TEMPORARY, "table"));
        for (Object column : (Iterable<?>) found) {
            String name = NodeMacros.attribute(column, "name").toLowerCase(Locale.ROOT);
            types.put(name, NodeMacros.attribute(column, "data_type"));
            quoted.put(name, NodeMacros.attribute(column, "quoted"));
        }
        session.run("DROP TABLE " + table, 1);
        return new Columns(macros, types, quoted);
    }

    /** Those that are compared: what the first expected row names, or all of the model's. */
    private ListValue tested(Columns columns) throws BuildFailedException {
        ListValue tested = new ListValue();
        if (test.expect().rows().isEmpty()) {
            tested.addAll(columns.quoted().values());
            return tested;
        }
        for (String name : test.expect().rows().getFirst().keySet()) {
            Object quoted = columns.quoted().get(name.toLowerCase(Locale.ROOT));
            if (quoted == null) {
                throw new BuildFailedException(
                        "the model has no column '"
                                + name
                                + "', which is expected; it has "
                                + String.join(
                                        ", ",
                                        columns.types().keySet().stream()
                                                .map(String::valueOf)
                                                .toList()));
            }
            tested.add(quoted);
        }
        return tested;
    }
}
