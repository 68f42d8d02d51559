package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** An expression of a template, as it was parsed. */
sealed interface Expression {

    Place place();

    record Literal(Place place, Object value) implements Expression {}

    record Name(Place place, String name) implements Expression {}

    record ListOf(Place place, List<Expression> items) implements Expression {}

    record TupleOf(Place place, List<Expression> items) implements Expression {}

    record DictOf(Place place, List<Entry> entries) implements Expression {}

    record Entry(Expression key, Expression value) {}

    record Not(Place place, Expression operand) implements Expression {}

    record Sign(Place place, boolean negative, Expression operand) implements Expression {}

    record And(Place place, Expression left, Expression right) implements Expression {}

    record Or(Place place, Expression left, Expression right) implements Expression {}

    record Arithmetic(Place place, String operator, Expression left, Expression right)
            implements Expression {}

    record Concatenation(Place place, List<Expression> parts) implements Expression {}

    /** A chain like {@code a < b <= c}: each link compares with what stands before it. */
    record Comparison(Place place, Expression first, List<Link> links) implements Expression {}

    record Link(String operator, Expression operand) {}

    record Conditional(
            Place place, Expression condition, Expression then, @Nullable Expression otherwise)
            implements Expression {}

    record Attribute(Place place, Expression target, String name) implements Expression {}

    record Item(Place place, Expression target, Expression key) implements Expression {}

    record Slice(
            Place place,
            @Nullable Expression start,
            @Nullable Expression stop,
            @Nullable Expression step)
            implements Expression {}

    record Call(Place place, Expression callee, Passed passed) implements Expression {}

    record Filter(Place place, Expression target, String name, Passed passed)
            implements Expression {}

    record Test(Place place, Expression target, String name, Passed passed) implements Expression {}

    /** What stands between the parentheses of a call. */
    record Passed(
            List<Expression> positional,
            List<Keyword> keywords,
            @Nullable Expression spread,
            @Nullable Expression spreadKeywords) {

        static final Passed NOTHING = new Passed(List.of(), List.of(), null, null);
    }

    record Keyword(String name, Expression value) {}
}
