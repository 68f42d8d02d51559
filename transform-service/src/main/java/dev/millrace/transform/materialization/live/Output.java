package dev.millrace.transform.materialization.live;

import net.sf.jsqlparser.expression.Expression;

import org.jspecify.annotations.Nullable;

/**
 * A column that a level of a query gives.
 *
 * @param name empty if it cannot be told from its text
 * @param expression what it is computed from
 * @param canonical the same with every name written out, so that two of them can be compared
 * @param isConstant whether it uses no column
 * @param base the column of an input that it is; null for others
 * @param bucket the span of time that it is; null for others
 */
record Output(
        String name,
        Expression expression,
        String canonical,
        Grade grade,
        boolean isConstant,
        @Nullable Base base,
        @Nullable Span bucket) {

    /** A column of an input. */
    record Base(int input, String column) {}

    /** A span of time, as the beginning of which a column of an input is written. */
    record Span(Base base, String width) {}

    Output named(String other) {
        return new Output(other, expression, canonical, grade, isConstant, base, bucket);
    }

    Output graded(Grade other) {
        return new Output(name, expression, canonical, other, isConstant, base, bucket);
    }
}
