package dev.millrace.transform.run.node;

import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.compile.Substitutes;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.context.References;
import dev.millrace.transform.model.context.RelationValue;
import dev.millrace.transform.model.context.Subject;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.SourceTable;
import dev.millrace.transform.model.manifest.UnitTest;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The given rows of a unit test as queries, which stand for what the model reads. */
final class UnitTestInputs implements Substitutes {

    private final UnitTest test;
    private final Manifest manifest;
    private final Compiler compiler;
    private final Map<String, String> queries = new LinkedHashMap<>();
    private final Map<String, Relation> relations = new LinkedHashMap<>();

    /**
     * @param compiler compiles as things are outside of the test
     */
    UnitTestInputs(UnitTest test, Manifest manifest, Compiler compiler) {
        this.test = test;
        this.manifest = manifest;
        this.compiler = compiler;
    }

    /** What an input is outside of the test. */
    private record Input(String id, String name, Relation relation) {}

    /** Makes the queries; types of columns are those that the inputs have in the warehouse. */
    void prepare(Session session, Node model) throws SQLException {
        for (UnitTest.Given given : test.given()) {
            Input input = input(given.input(), model);
            Relation relation = Relation.cte(input.name());
            relations.put(input.id(), relation);
            queries.put(relation.path(), query(session, given.rows(), input, model));
        }
    }

    /** Queries by the names that stand for them. */
    Map<String, String> queries() {
        return queries;
    }

    @Override
    public Optional<Relation> of(String id) {
        Relation relation = relations.get(id);
        if (relation == null) {
            throw new JinjaException(
                    "the unit test '"
                            + test.name()
                            + "' gives no rows for "
                            + id
                            + ", which the model reads; add it to 'given', with 'rows: []' if it"
                            + " is empty");
        }
        return Optional.of(relation);
    }

    /** What stands for the model's own table; nothing if the test gives no rows of it. */
    Optional<Relation> own(Node model) {
        return Optional.ofNullable(relations.get(model.id()));
    }

    private Input input(String written, Node model) {
        if (written.equals("this")) {
            return input(model);
        }
        Finding finding = new Finding();
        new TemplateNames(
                        compiler.workspace(),
                        Subject.ofProject(test.position().file(), test.packageName()),
                        finding,
                        null)
                .rendering()
                .render(
                        Template.parse(
                                test.position().file(), "{{ " + written + " }}", DbtSyntax.SYNTAX));
        return finding.found.orElseThrow(
                () ->
                        new JinjaException(
                                "the input "
                                        + written
                                        + " is none; write ref('x'), source('a', 'b') or this"));
    }

    private static Input input(Node node) {
        String name = node.version() == null ? node.name() : node.name() + "_v" + node.version();
        return new Input(node.id(), name, node.relation());
    }

    private final class Finding implements References {

        private Optional<Input> found = Optional.empty();

        @Override
        public Relation ref(Node.Ref ref) {
            Node node =
                    manifest.find(ref, test.packageName())
                            .orElseThrow(
                                    () ->
                                            new JinjaException(
                                                    "there is no model '" + ref.name() + "'"));
            found = Optional.of(input(node));
            return node.relation();
        }

        @Override
        public Relation source(String source, String table) {
            SourceTable known =
                    manifest.source(source, table, test.packageName())
                            .orElseThrow(
                                    () ->
                                            new JinjaException(
                                                    "there is no source table '"
                                                            + source
                                                            + "."
                                                            + table
                                                            + "'"));
            found = Optional.of(new Input(known.id(), table, known.relation()));
            return known.relation();
        }

        @Override
        public void configure(Map<String, Object> settings) {
            throw new JinjaException("config() is no input");
        }
    }

    private String query(Session session, UnitTest.Rows rows, Input input, Node model)
            throws SQLException {
        if (rows.sql() != null) {
            return rows.sql();
        }
        DictValue described = new DictValue();
        described.put("name", input.name());
        described.put("resource_type", "model");
        Relation known = compiler.substitutes().of(input.id()).orElse(input.relation());
        TemplateNames names =
                compiler.names(model, null)
                        .with("this", new RelationValue(known))
                        .with("model", described);
        NodeMacros macros = new NodeMacros(compiler, model, names);
        return macros.text("get_fixture_sql", rows(rows), types(session, input));
    }

    /** An ephemeral model has its types from its query, as it has no relation. */
    private Object types(Session session, Input input) throws SQLException {
        Node node = manifest.nodes().get(input.id());
        if (node == null || !node.isEphemeral()) {
            return None.NONE;
        }
        Session.Outcome outcome =
                session.run(
                        "select * from (\n" + compiler.compile(node).sql() + "\n) q limit 0", 1);
        DictValue types = new DictValue();
        List<String> columns = outcome.columns();
        for (int i = 0; i < columns.size(); i++) {
            types.put(columns.get(i), outcome.types().get(i));
        }
        return types;
    }

    /** Rows as macros take them. */
    static ListValue rows(UnitTest.Rows rows) {
        ListValue list = new ListValue();
        rows.rows().forEach(row -> list.add(Values.of(row)));
        return list;
    }
}
