package dev.millrace.transform.run.node;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.MacroDefinition;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.materialization.SqlMacros;
import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.context.RelationValue;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Quoting;
import dev.millrace.transform.model.manifest.Relation;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/** The macros that write a node's statements, called as its own templates would call them. */
final class NodeMacros implements SqlMacros {

    /** dbt has a macro for it, which PostgreSQL cannot carry out. */
    private static final String NOT_HERE = "insert_overwrite";

    private final Compiler compiler;
    private final Node node;
    private final TemplateNames names;

    NodeMacros(Compiler compiler, Node node, String compiled) {
        this(compiler, node, compiler.names(node, compiled));
    }

    /**
     * @param names what their templates see
     */
    NodeMacros(Compiler compiler, Node node, TemplateNames names) {
        this.compiler = compiler;
        this.node = node;
        this.names = names;
    }

    /** An attribute of what a macro has given, as text. */
    static String attribute(Object value, String name) {
        Object found = value instanceof HasAttributes known ? known.attribute(name) : null;
        if (found == null) {
            throw new JinjaException(Values.typeName(value) + " has no '" + name + "'");
        }
        return Values.text(found);
    }

    @Override
    public Object relation(@Nullable String schema, String name, String type) {
        String database = schema == null ? null : node.relation().database();
        return new RelationValue(Relation.of(database, schema, name, Quoting.ALL).ofType(type));
    }

    @Override
    public Object call(String macro, Object... arguments) {
        return compiler.call(names, node, macro, new Arguments(List.of(arguments), Map.of()));
    }

    @Override
    public Object apply(Object macro, Object... arguments) {
        Arguments given = new Arguments(List.of(arguments), Map.of());
        return switch (macro) {
            case MacroDefinition definition -> names.rendering().call(definition, given);
            case Invocable function -> function.call(given);
            default -> throw new JinjaException(Values.typeName(macro) + " is no macro");
        };
    }

    @Override
    public Object adapter(String method, Object... arguments) {
        Object found = ((HasAttributes) value("adapter")).attribute(method);
        if (found == null) {
            throw new IllegalStateException("there is no adapter." + method);
        }
        return apply(found, arguments);
    }

    @Override
    public Object value(String name) {
        Object value = names.find(name);
        return value == null ? None.NONE : value;
    }

    @Override
    public String text(String macro, Object... arguments) {
        return Values.text(call(macro, arguments)).strip();
    }

    @Override
    public String strategy(String strategy, Map<String, Object> arguments) {
        String macro = "get_incremental_" + strategy.replace('+', '_') + "_sql";
        boolean known =
                !NOT_HERE.equals(strategy)
                        && compiler.workspace().macros().find(macro, node.packageName()) != null;
        if (!known) {
            throw new JinjaException(
                    "there is no incremental strategy '"
                            + strategy
                            + "'; those of dbt for PostgreSQL are append, delete+insert, merge and"
                            + " microbatch, and the macro "
                            + macro
                            + " would be one of your own");
        }
        return text(macro, new DictValue(arguments)).strip();
    }
}
