package dev.millrace.serving.semantic;

import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.Query.Order;

import java.util.ArrayList;
import java.util.List;

/** Writes a plan as SQL. */
final class QueryWriter {

    private final SemanticModel model;
    private final Expressions expressions;
    private final Aggregates aggregates;
    private final QueryPlan plan;
    private final Query query;
    private final JoinedRows rows;

    QueryWriter(
            SemanticModel model, Expressions expressions, Aggregates aggregates, QueryPlan plan) {
        this.model = model;
        this.expressions = expressions;
        this.aggregates = aggregates;
        this.plan = plan;
        this.query = plan.query();
        this.rows = new JoinedRows(model, expressions, plan);
    }

    SqlStatement statement() {
        SqlWriter sql = new SqlWriter();
        select(sql);
        List<String> order = new ArrayList<>();
        for (Order item : plan.order()) {
            int position = plan.position(item);
            if (position > 0) {
                order.add(position + (item.descending() ? " DESC" : " ASC"));
            }
        }
        if (!order.isEmpty()) {
            sql.text(" ORDER BY ").text(String.join(", ", order));
        }
        sql.text(" LIMIT " + query.limit());
        if (query.offset() > 0) {
            sql.text(" OFFSET " + query.offset());
        }
        return sql.statement();
    }

    SqlStatement total() {
        SqlWriter sql = new SqlWriter();
        sql.text("SELECT count(*) FROM (");
        select(sql);
        return sql.text(") AS \"$total\"").statement();
    }

    private void select(SqlWriter sql) {
        if (plan.isSplit()) {
            new SplitWriter(model, expressions, aggregates, plan, rows).write(sql);
        } else {
            joined(sql);
        }
    }

    private void joined(SqlWriter sql) {
        sql.text("SELECT ");
        sql.each(
                plan.columns(),
                ", ",
                column -> {
                    column(sql, column);
                    sql.text(" ").quoted(column.alias());
                });
        rows.from(sql);
        rows.where(sql);
        if (!query.ungrouped()) {
            rows.groupByKeys(sql);
            new Conditions(model, sql, query.timezone(), member -> operand(sql, member))
                    .all(" HAVING ", plan.groups());
        }
    }

    private void column(SqlWriter sql, Column column) {
        switch (column.member()) {
            case Member.OfDimension dimension -> rows.key(sql, dimension, column.granularity());
            case Member.OfMeasure measure when query.ungrouped() ->
                    aggregates.ungrouped(sql, measure.cube(), measure.measure());
            case Member.OfMeasure measure -> aggregate(sql, measure);
            case Member.OfSegment segment ->
                    throw new IllegalStateException("a segment is no column: " + segment.path());
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
