package dev.millrace.transform.model.compile;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Rendered;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.context.Invocation;
import dev.millrace.transform.model.context.NodeDescriptions;
import dev.millrace.transform.model.context.Subject;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.context.TestArguments;
import dev.millrace.transform.model.context.Warehouse;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ProjectMacro;
import dev.millrace.transform.model.manifest.Relation;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compiles nodes, and calls macros on their behalf, over one connection. */
public final class Compiler {

    private static final Pattern WITH =
            Pattern.compile(
                    "\\A(?:\\s|--[^\\n]*(?:\\n|\\z)|/\\*.*?\\*/)*with(\\s+recursive)?\\b",
                    Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final Manifest manifest;
    private final Workspace workspace;
    private final Warehouse warehouse;
    private final Substitutes substitutes;
    private final Consumer<TemplateNames> changes;

    public Compiler(Manifest manifest, Workspace workspace, Warehouse warehouse) {
        this(manifest, workspace, warehouse, Substitutes.NONE);
    }

    /**
     * @param substitutes what stands for the relations of some nodes
     */
    public Compiler(
            Manifest manifest, Workspace workspace, Warehouse warehouse, Substitutes substitutes) {
        this(manifest, workspace, warehouse, substitutes, names -> {});
    }

    private Compiler(
            Manifest manifest,
            Workspace workspace,
            Warehouse warehouse,
            Substitutes substitutes,
            Consumer<TemplateNames> changes) {
        this.manifest = manifest;
        this.workspace = workspace;
        this.warehouse = warehouse;
        this.substitutes = substitutes;
        this.changes = changes;
    }

    /** One for which other relations stand for those of some nodes. */
    public Compiler substituting(Substitutes others) {
        return new Compiler(manifest, workspace, warehouse, others, changes);
    }

    /** One whose templates see some names differently. */
    public Compiler seeing(Consumer<TemplateNames> others) {
        return new Compiler(manifest, workspace, warehouse, substitutes, others);
    }

    /** One whose templates find something else by a name. */
    public Compiler overriding(String name, Object value) {
        return seeing(changes.andThen(names -> names.overriding(name, value)));
    }

    /** One for another invocation. */
    public Compiler during(Invocation invocation) {
        return new Compiler(
                manifest, workspace.during(invocation), warehouse, substitutes, changes);
    }

    public Substitutes substitutes() {
        return substitutes;
    }

    public Workspace workspace() {
        return workspace;
    }

    /**
     * Compiles a node.
     *
     * @throws JinjaException if its template makes a mistake
     */
    public Compiled compile(Node node) {
        return compile(node, Map.of());
    }

    /**
     * Compiles a node that also reads queries which are given.
     *
     * @param given queries by the names that stand for them in the node's own
     * @throws JinjaException if its template makes a mistake
     */
    public Compiled compile(Node node, Map<String, String> given) {
        Map<String, String> ephemerals = new LinkedHashMap<>(given);
        Rendered body = render(node, ephemerals);
        return injected(body, withoutSemicolon(body.text()), ephemerals);
    }

    /** Puts the queries of ephemeral models before a query that uses them. */
    private static Compiled injected(Rendered body, String text, Map<String, String> ephemerals) {
        if (ephemerals.isEmpty()) {
            return new Compiled(text, body, 0, 0);
        }
        StringBuilder queries = new StringBuilder();
        ephemerals.forEach(
                (name, sql) ->
                        queries.append(queries.isEmpty() ? "" : ",\n")
                                .append(name)
                                .append(" as (\n")
                                .append(sql)
                                .append("\n)"));
        Matcher with = WITH.matcher(text);
        int at = with.find() ? with.end() : 0;
        String inserted = at > 0 ? " " + queries + ",\n" : "with " + queries + "\n";
        return new Compiled(
                text.substring(0, at) + inserted + text.substring(at), body, at, inserted.length());
    }

    private Rendered render(Node node, Map<String, String> ephemerals) {
        TemplateNames names = names(node, null, ephemerals);
        if (node.test() != null) {
            names.with(
                    TestArguments.NAME,
                    TestArguments.rendered(names, node.position().file(), node.test().arguments()));
        }
        return names.rendering().render(node.template());
    }

    /**
     * The names that templates of a node see while it runs.
     *
     * @param compiled its SQL, if they are those of its materialization
     */
    public TemplateNames names(Node node, @Nullable String compiled) {
        return names(node, compiled, new LinkedHashMap<>());
    }

    private TemplateNames names(
            Node node, @Nullable String compiled, Map<String, String> ephemerals) {
        DictValue description = description(node, compiled);
        TemplateNames names =
                new TemplateNames(
                        workspace,
                        new Subject(
                                node.position().file(),
                                node.packageName(),
                                node.relation(),
                                node.settings(),
                                description),
                        new RuntimeReferences(
                                node,
                                manifest,
                                workspace.invocation().empty(),
                                substitutes,
                                model -> ephemeral(model, ephemerals)),
                        new TemplateNames.Execution(manifest, warehouse, compiled));
        ForeignKeys.resolve(node, description, names);
        changes.accept(names);
        return names;
    }

    private static DictValue description(Node node, @Nullable String compiled) {
        DictValue description = NodeDescriptions.of(node);
        if (compiled != null) {
            description.put("compiled", true);
            description.put("compiled_code", compiled);
        }
        return description;
    }

    private void ephemeral(Node model, Map<String, String> ephemerals) {
        String cte = Relation.cte(model).path();
        if (!ephemerals.containsKey(cte)) {
            // Its own ephemerals come first, as each may only use what stands before it.
            Rendered body = substituting(substitutes.withinEphemerals()).render(model, ephemerals);
            String sql = withoutSemicolon(body.text());
            ephemerals.put(cte, sql);
        }
    }

    /**
     * Renders a statement that belongs to a node, such as a hook.
     *
     * @throws JinjaException if it makes a mistake
     */
    public String statement(Node node, String sql) {
        return names(node, null)
                .rendering()
                .render(Template.parse(node.position().file(), sql, DbtSyntax.SYNTAX))
                .text()
                .strip();
    }

    /**
     * Calls a macro as a template of the node would.
     *
     * @throws JinjaException if there is no such macro, or it makes a mistake
     */
    public Object call(TemplateNames names, Node node, String macro, Arguments arguments) {
        ProjectMacro found = workspace.macros().find(macro, node.packageName());
        if (found == null) {
            throw new JinjaException("there is no macro '" + macro + "'");
        }
        return names.rendering().call(found.definition(), arguments);
    }

    /** A query that ends in a semicolon could not be put into a statement. */
    private static String withoutSemicolon(String sql) {
        String text = sql.stripTrailing();
        while (text.endsWith(";")) {
            text = text.substring(0, text.length() - 1).stripTrailing();
        }
        return text;
    }
}
