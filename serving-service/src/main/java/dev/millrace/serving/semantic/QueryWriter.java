package dev.millrace.serving.semantic;

import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.Selection.Form;

import java.util.List;
import java.util.stream.IntStream;

/** Writes a plan as a select. */
final class QueryWriter {

    private final Compilation compilation;
    private final Expressions expressions;
    private final Aggregates aggregates;
    private final QueryPlan plan;
    private final JoinedRows rows;

    QueryWriter(Compilation compilation, QueryPlan plan) {
        this.compilation = compilation;
        this.plan = plan;
        this.expressions = new Expressions(compilation, plan);
        this.aggregates =
                new Aggregates(compilation.model(), plan.switches(), expressions, plan.rollup());
        this.rows = new JoinedRows(compilation, expressions, plan);
    }

    /** With columns named after their members. */
    void write(SqlWriter sql) {
        select(sql, plan.columns().stream().map(Column::alias).toList());
    }

    /** With columns named otherwise. */
    void write(SqlWriter sql, List<String> names) {
        select(sql, names);
    }

    /** With keys named d0, d1 and so on, and measures m0, m1. */
    void writeShort(SqlWriter sql) {
        int keys = plan.selection().keys().size();
        select(
                sql,
                IntStream.range(0, plan.columns().size())
                        .mapToObj(i -> i < keys ? "d" + i : "m" + (i - keys))
                        .toList());
    }

    private void select(SqlWriter sql, List<String> names) {
        if (plan.isSplit()) {
            new SplitWriter(compilation, expressions, aggregates, plan, rows).write(sql, names);
        } else {
            joined(sql, names);
        }
    }

    private void joined(SqlWriter sql, List<String> names) {
        boolean values = plan.selection().form() == Form.VALUES;
        sql.text(values && hasCopies() ? "SELECT DISTINCT " : "SELECT ");
        for (int i = 0; i < names.size(); i++) {
            sql.text(i == 0 ? "" : ", ");
            column(sql, plan.columns().get(i));
            sql.text(" ").quoted(names.get(i));
        }
        if (values && hasCopies()) {
            identities(sql);
        }
        rows.from(sql);
        rows.where(sql);
        if (plan.selection().form() == Form.GROUPED) {
            rows.groupByKeys(sql);
            new Conditions(
                            compilation.sight()::member,
                            sql,
                            compilation.timezone(),
                            member -> operand(sql, member))
                    .all(" HAVING ", plan.selection().groups());
        }
    }

    private boolean hasCopies() {
        return plan.selection().measures().stream()
                .anyMatch(m -> plan.tree().multiplies(m.cube().name()));
    }

    /** What tells one row of the measures' cubes from another of the same values. */
    private void identities(SqlWriter sql) {
        plan.selection().measures().stream()
                .map(Member.OfMeasure::cube)
                .distinct()
                .forEach(
                        cube ->
                                cube.primaryKey()
                                        .forEach(
                                                key -> {
                                                    sql.text(", ");
                                                    expressions.dimension(sql, cube, key);
                                                }));
    }

    private void column(SqlWriter sql, Column column) {
        switch (column.member()) {
            case Member.OfDimension dimension -> rows.key(sql, dimension, column.granularity());
            case Member.OfMeasure measure -> measure(sql, measure);
            case Member.OfSegment segment ->
                    throw new IllegalStateException("a segment is no column: " + segment.path());
        }
    }

    private void measure(SqlWriter sql, Member.OfMeasure measure) {
        switch (plan.selection().form()) {
            case GROUPED -> aggregate(sql, measure);
            case UNGROUPED -> aggregates.ungrouped(sql, measure.cube(), measure.measure());
            case VALUES -> aggregates.value(sql, measure.cube(), measure.measure());
        }
    }

    private void aggregate(SqlWriter sql, Member.OfMeasure measure) {
        aggregates.write(sql, measure.cube(), measure.measure(), plan.tree());
    }

    /** A measure that keeps together beside an operator: a call does, a calculation may not. */
    private void operand(SqlWriter sql, Member member) {
        if (member instanceof Member.OfMeasure measure) {
            boolean open = measure.measure().type().isCalculated();
            sql.text(open ? "(" : "");
            aggregate(sql, measure);
            sql.text(open ? ")" : "");
        }
    }
}
