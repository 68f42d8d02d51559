package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.JoinGraph.Edge;
import dev.millrace.serving.semantic.Query.Filter;
import dev.millrace.serving.semantic.Query.TimeDimension;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Writes the rows that a plan ranges over: joined, filtered, and the keys they are grouped by. */
final class JoinedRows {

    private final SemanticModel model;
    private final Expressions expressions;
    private final QueryPlan plan;
    private final Query query;

    JoinedRows(SemanticModel model, Expressions expressions, QueryPlan plan) {
        this.model = model;
        this.expressions = expressions;
        this.plan = plan;
        this.query = plan.query();
    }

    /** A dimension as a column, cut into units if it is a time with a granularity. */
    void key(SqlWriter sql, Member.OfDimension member, @Nullable String granularity) {
        if (granularity == null) {
            expressions.dimension(sql, member.cube(), member.dimension());
        } else {
            TimeUnits.truncate(
                    sql, member.dimension(), granularity, query, () -> operand(sql, member));
        }
    }

    /** The keys under short names of their own. */
    void keys(SqlWriter sql) {
        List<Column> keys = plan.keys();
        for (int i = 0; i < keys.size(); i++) {
            sql.text(i == 0 ? "" : ", ");
            if (keys.get(i).member() instanceof Member.OfDimension dimension) {
                key(sql, dimension, keys.get(i).granularity());
            }
            sql.text(" AS d" + i);
        }
    }

    void groupByKeys(SqlWriter sql) {
        List<Integer> positions = IntStream.rangeClosed(1, plan.keys().size()).boxed().toList();
        if (!positions.isEmpty()) {
            sql.text(" GROUP BY ").each(positions, ", ", position -> sql.text("" + position));
        }
    }

    void from(SqlWriter sql) {
        sql.text(" FROM ");
        expressions.relation(sql, cube(plan.tree().root()));
        joins(sql, plan.tree().edges());
    }

    void joins(SqlWriter sql, List<Edge> edges) {
        for (Edge edge : edges) {
            sql.text(" LEFT JOIN ");
            expressions.relation(sql, cube(edge.target()));
            sql.text(" ON ");
            expressions.row(sql, edge.from(), edge.join().condition());
        }
    }

    void where(SqlWriter sql) {
        List<Runnable> conditions = new ArrayList<>();
        Conditions writer =
                new Conditions(model, sql, query.timezone(), member -> operand(sql, member));
        for (Filter filter : plan.rows()) {
            conditions.add(() -> writer.write(filter));
        }
        for (TimeDimension time : query.timeDimensions()) {
            Query.DateRange range = time.range();
            if (range != null) {
                conditions.add(() -> writer.range(model.dimension(time.dimension()), range));
            }
        }
        for (Member.OfSegment segment : plan.segments()) {
            conditions.add(
                    () ->
                            expressions.condition(
                                    sql, segment.cube(), segment.segment().condition()));
        }
        if (!conditions.isEmpty()) {
            sql.text(" WHERE ").each(conditions, " AND ", Runnable::run);
        }
    }

    /** A dimension that keeps together beside an operator. */
    private void operand(SqlWriter sql, Member member) {
        if (member instanceof Member.OfDimension(_, Cube cube, _, _, Dimension dimension)) {
            boolean plain = Expressions.isPlain(dimension);
            sql.text(plain ? "" : "(");
            expressions.dimension(sql, cube, dimension);
            sql.text(plain ? "" : ")");
        }
    }

    private Cube cube(String name) {
        return model.names().cube(name).orElseThrow();
    }
}
