package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/** A statement of a template, as it was parsed. */
sealed interface Statement {

    Place place();

    record Text(Place place, String text) implements Statement {}

    record Print(Place place, Expression value) implements Statement {}

    record If(Place place, List<Branch> branches, List<Statement> otherwise) implements Statement {}

    record Branch(Expression condition, List<Statement> body) {}

    record For(
            Place place,
            Target target,
            Expression items,
            @Nullable Expression filter,
            boolean recursive,
            List<Statement> body,
            List<Statement> otherwise)
            implements Statement {}

    record Set(Place place, Target target, Expression value) implements Statement {}

    /** {@code {% set x %}…{% endset %}}: what the body prints, through the filters. */
    record SetBlock(
            Place place, Target target, List<Expression.Filter> filters, List<Statement> body)
            implements Statement {}

    record With(Place place, List<Binding> bindings, List<Statement> body) implements Statement {}

    record Binding(Target target, Expression value) {}

    record DefineMacro(Place place, MacroDefinition macro) implements Statement {}

    /** A block that is not rendered. */
    record Verbatim(Place place, Block block) implements Statement {}

    record CallBlock(Place place, MacroDefinition caller, Expression.Call call)
            implements Statement {}

    record FilterBlock(Place place, List<Expression.Filter> filters, List<Statement> body)
            implements Statement {}

    record Import(Place place, Expression template, String alias, boolean withContext)
            implements Statement {}

    /** {@code names} are those of the template, with what they are called here. */
    record FromImport(
            Place place, Expression template, Map<String, String> names, boolean withContext)
            implements Statement {}

    record Do(Place place, Expression value) implements Statement {}

    record Break(Place place) implements Statement {}

    record Continue(Place place) implements Statement {}

    /** What an assignment assigns to. */
    sealed interface Target {

        record Variable(String name) implements Target {}

        record NamespaceAttribute(Place place, String namespace, String attribute)
                implements Target {}

        record Several(Place place, List<Target> targets) implements Target {}
    }
}
