package dev.millrace.transform.model;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Limits;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Rendered;
import dev.millrace.transform.jinja.Rendering;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.jinja.Values;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns models into SQL. */
public final class Compiler {

    private static final String CTE_PREFIX = "__dbt__cte__";
    private static final Pattern WITH =
            Pattern.compile(
                    "\\A(?:\\s|--[^\\n]*(?:\\n|\\z)|/\\*.*?\\*/)*with(\\s+recursive)?\\b",
                    Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final ModelGraph graph;
    private final ProjectContext context;

    /**
     * A compiler for one run.
     *
     * @param invocation identity of the run
     * @param startedAt when it began
     */
    public Compiler(ModelGraph graph, String invocation, Instant startedAt) {
        this.graph = graph;
        ProjectContext project = graph.context();
        this.context =
                new ProjectContext(
                        project.packageName(),
                        project.target(),
                        project.macros(),
                        project.variables(),
                        project.environment(),
                        invocation,
                        startedAt);
    }

    /**
     * Compiles a model.
     *
     * @throws JinjaException if its template makes a mistake
     */
    public Compiled compile(Node node) {
        Map<String, String> ephemerals = new LinkedHashMap<>();
        Rendered body = render(node, node.template(), ephemerals);
        String text = withoutSemicolon(body.text());
        if (ephemerals.isEmpty()) {
            return new Compiled(text, body, 0, 0);
        }
        StringBuilder queries = new StringBuilder();
        ephemerals.forEach(
                (name, sql) ->
                        queries.append(queries.isEmpty() ? "" : ",\n")
                                .append('"')
                                .append(name)
                                .append("\" as (\n")
                                .append(sql)
                                .append("\n)"));
        Matcher with = WITH.matcher(text);
        int at = with.find() ? with.end() : 0;
        String inserted = at > 0 ? " " + queries + ",\n" : "with " + queries + "\n";
        return new Compiled(
                text.substring(0, at) + inserted + text.substring(at), body, at, inserted.length());
    }

    /**
     * Renders a statement that belongs to a node, such as a hook.
     *
     * @throws JinjaException if it makes a mistake
     */
    public String statement(Node node, String sql) {
        Template template = Template.parse(node.path(), sql, Macros.SYNTAX);
        return render(node, template, new LinkedHashMap<>()).text().strip();
    }

    private Rendered render(Node node, Template template, Map<String, String> ephemerals) {
        DbtGlobals.Subject subject =
                new DbtGlobals.Subject(
                        node.path(),
                        Relation.of(node.relation(), node.settings().materialized().label()),
                        NodeDescription.of(node));
        return new Rendering(
                        new DbtGlobals(context, new Answers(node, ephemerals), subject, true),
                        DbtGlobals.FILTERS,
                        Limits.DEFAULT)
                .render(template);
    }

    /** A query that ends in a semicolon could not be put into a statement. */
    private static String withoutSemicolon(String sql) {
        String text = sql.stripTrailing();
        while (text.endsWith(";")) {
            text = text.substring(0, text.length() - 1).stripTrailing();
        }
        return text;
    }

    private final class Answers implements References {

        private final Node node;
        private final Map<String, String> ephemerals;

        Answers(Node node, Map<String, String> ephemerals) {
            this.node = node;
            this.ephemerals = ephemerals;
        }

        @Override
        public Object ref(String name) {
            Node other =
                    graph.named(name)
                            .orElseThrow(
                                    () -> new JinjaException("there is no model '" + name + "'"));
            if (!graph.parents(node.id()).contains(other.id())) {
                // It was not asked for when the graph was made, so nothing makes sure of the order.
                throw new JinjaException(
                        "'"
                                + name
                                + "' is referred to only while it runs; add a comment with"
                                + " {{ ref('"
                                + name
                                + "') }} outside of 'if execute'");
            }
            if (other.isBuilt()) {
                return Relation.of(other.relation(), other.settings().materialized().label());
            }
            String cte = CTE_PREFIX + other.name();
            if (!ephemerals.containsKey(cte)) {
                String sql = withoutSemicolon(render(other, other.template(), ephemerals).text());
                ephemerals.put(cte, sql);
            }
            return new Relation('"' + cte + '"', other.relation(), "cte");
        }

        @Override
        public Object source(String source, String table) {
            return graph.sources().values().stream()
                    .filter(each -> each.source().equals(source) && each.table().equals(table))
                    .findFirst()
                    .map(each -> Relation.of(each.relation(), "table"))
                    .orElseThrow(
                            () ->
                                    new JinjaException(
                                            "there is no source table '"
                                                    + source
                                                    + "."
                                                    + table
                                                    + "' that was asked for outside of"
                                                    + " 'if execute'"));
        }

        @Override
        public Object config(Arguments arguments) {
            return "";
        }

        @Override
        public Object setting(String name) {
            Object value = node.settings().all().get(name);
            return value == null ? None.NONE : Values.of(value);
        }
    }
}
