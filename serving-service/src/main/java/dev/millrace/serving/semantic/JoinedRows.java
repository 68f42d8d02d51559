package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.JoinGraph.Edge;
import dev.millrace.serving.semantic.Needs.SubQuery;
import dev.millrace.serving.semantic.Query.Filter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Writes the rows that a plan ranges over: joined, filtered, and the keys they are grouped by. */
final class JoinedRows {

    private final Compilation compilation;
    private final Expressions expressions;
    private final QueryPlan plan;

    JoinedRows(Compilation compilation, Expressions expressions, QueryPlan plan) {
        this.compilation = compilation;
        this.expressions = expressions;
        this.plan = plan;
    }

    /** A dimension as a column, cut into units if it is a time with a granularity. */
    void key(SqlWriter sql, Member.OfDimension member, @Nullable String granularity) {
        Optional<String> local = granularity == null ? Optional.empty() : localInRollup(member);
        if (granularity != null && local.isPresent()) {
            TimeUnits.truncateLocal(
                    sql, member.dimension(), granularity, () -> sql.text(local.get()));
        } else if (granularity != null) {
            TimeUnits.truncate(
                    sql,
                    member.dimension(),
                    granularity,
                    compilation,
                    () -> expressions.operand(sql, member));
        } else if (plan.selection().shift(member).isPresent()) {
            expressions.operand(sql, member);
        } else {
            expressions.dimension(sql, member.cube(), member.dimension());
        }
    }

    /** The local time as a rollup has it, without a way through UTC for each row. */
    private Optional<String> localInRollup(Member.OfDimension member) {
        RollupTable.Rows rollup = plan.rollup();
        return rollup == null
                        || compilation.origin() != null
                        || plan.selection().shift(member).isPresent()
                ? Optional.empty()
                : rollup.table()
                        .layout()
                        .local(RollupDefinition.memberPath(member), compilation.timezone());
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
        } else if (plan.together().isEmpty()) {
            // One group of all rows, also if there are none, though nothing is aggregated.
            sql.text(" GROUP BY ()");
        }
    }

    void from(SqlWriter sql) {
        sql.text(" FROM ");
        RollupTable.Rows rollup = plan.rollup();
        if (rollup != null) {
            sql.text(rollup.table().relation().quoted()).text(" AS ").quoted(RollupTable.ALIAS);
            return;
        }
        Cube root = cube(plan.tree().root());
        expressions.relation(sql, root);
        subQueries(sql, root, plan.subQueries());
        joins(sql, plan.tree().edges(), plan.subQueries());
    }

    void joins(SqlWriter sql, List<Edge> edges, Set<SubQuery> subQueries) {
        for (Edge edge : edges) {
            sql.text(" LEFT JOIN ");
            Cube target = cube(edge.target());
            expressions.relation(sql, target);
            sql.text(" ON ");
            expressions.row(sql, edge.from(), edge.join().condition());
            subQueries(sql, target, subQueries);
        }
    }

    /** Joins what the dimensions of a cube are queries for, by the cube's key. */
    void subQueries(SqlWriter sql, Cube cube, Set<SubQuery> subQueries) {
        for (SubQuery subQuery : subQueries) {
            if (!subQuery.cube().name().equals(cube.name())) {
                continue;
            }
            sql.text(" LEFT JOIN (");
            SubQueries.write(sql, compilation, plan.selection(), subQuery);
            sql.text(") AS ").quoted(subQuery.alias()).text(" ON ");
            List<Dimension> key = cube.primaryKey();
            for (int i = 0; i < key.size(); i++) {
                sql.text(i == 0 ? "" : " AND ").quoted(subQuery.alias()).text(".d" + i + " = (");
                expressions.dimension(sql, cube, key.get(i));
                sql.text(")");
            }
        }
    }

    void where(SqlWriter sql) {
        List<Runnable> conditions = new ArrayList<>();
        Conditions writer = conditions(sql, compilation.sight()::member);
        for (Filter filter : plan.selection().rows()) {
            conditions.add(() -> writer.write(filter));
        }
        for (Selection.Range range : plan.selection().ranges()) {
            conditions.add(() -> writer.range(range));
        }
        for (Member.OfSegment segment : plan.selection().segments()) {
            conditions.add(() -> expressions.segment(sql, segment.cube(), segment.segment()));
        }
        // What a viewer may see is told by the members as they are, masked or not.
        Conditions rules = conditions(sql, compilation.model()::member);
        for (Filter rule : plan.selection().rules()) {
            conditions.add(() -> rules.write(rule));
        }
        if (plan.rollup() != null) {
            compilation
                    .sight()
                    .rule(cube(plan.tree().root()))
                    .ifPresent(rule -> conditions.add(() -> rules.write(rule)));
        }
        if (!conditions.isEmpty()) {
            sql.text(" WHERE ").each(conditions, " AND ", Runnable::run);
        }
    }

    private Conditions conditions(SqlWriter sql, Function<String, Member> members) {
        return new Conditions(members, sql, compilation.timezone(), member -> operand(sql, member));
    }

    /** A dimension, or in place of a measure the condition of its filters. */
    private void operand(SqlWriter sql, Member member) {
        if (!(member instanceof Member.OfMeasure measure)) {
            expressions.operand(sql, member);
        } else if (measure.measure().filters().isEmpty()) {
            sql.text("true");
        } else {
            expressions.conditions(sql, measure.cube(), measure.measure().filters());
        }
    }

    private Cube cube(String name) {
        return compilation.model().names().cube(name).orElseThrow();
    }
}
