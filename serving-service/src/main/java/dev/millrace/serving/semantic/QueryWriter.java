package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.serving.semantic.Aggregates.Leaf;
import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.JoinGraph.Edge;
import dev.millrace.serving.semantic.Query.Filter;
import dev.millrace.serving.semantic.Query.Order;
import dev.millrace.serving.semantic.Query.TimeDimension;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a plan as SQL. If the join multiplies rows of a cube that is summed over, each such cube
 * is aggregated apart, over its own rows once for each group that they belong to:
 *
 * <pre>
 * SELECT q0.d0, q0.m0, q1.m0
 * FROM (SELECT … d0, sum(…) m0 FROM all joined GROUP BY 1) q0
 * JOIN (SELECT k.d0, sum(…) m0 FROM (SELECT DISTINCT … d0, primary key FROM all joined) k
 *       LEFT JOIN the cube USING primary key GROUP BY 1) q1 ON q0.d0 is q1.d0
 * </pre>
 */
final class QueryWriter {

    private static final String KEYS = "$keys";

    private final SemanticModel model;
    private final Expressions expressions;
    private final Aggregates aggregates;
    private final QueryPlan plan;
    private final Query query;

    QueryWriter(
            SemanticModel model, Expressions expressions, Aggregates aggregates, QueryPlan plan) {
        this.model = model;
        this.expressions = expressions;
        this.aggregates = aggregates;
        this.plan = plan;
        this.query = plan.query();
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
            split(sql);
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
        from(sql, plan.tree());
        where(sql);
        if (!query.ungrouped()) {
            groupBy(sql, plan.keys().size());
            filters(sql, " HAVING ", plan.groups(), member -> aggregate(sql, member));
        }
    }

    private void column(SqlWriter sql, Column column) {
        switch (column.member()) {
            case Member.OfDimension dimension -> key(sql, dimension, column.granularity());
            case Member.OfMeasure measure when query.ungrouped() ->
                    aggregates.ungrouped(sql, measure.cube(), measure.measure());
            case Member.OfMeasure measure -> aggregate(sql, measure);
            case Member.OfSegment segment ->
                    throw new IllegalStateException("a segment is no column: " + segment.path());
        }
    }

    private void key(
            SqlWriter sql,
            Member.OfDimension member,
            @org.jspecify.annotations.Nullable String granularity) {
        if (granularity == null) {
            expressions.dimension(sql, member.cube(), member.dimension());
        } else {
            TimeUnits.truncate(
                    sql, member.dimension(), granularity, query, () -> operand(sql, member));
        }
    }

    private void aggregate(SqlWriter sql, Member member) {
        if (member instanceof Member.OfMeasure measure) {
            aggregates.write(sql, measure.cube(), measure.measure(), plan.tree());
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

    private void from(SqlWriter sql, JoinTree tree) {
        sql.text(" FROM ");
        expressions.relation(sql, cube(tree.root()));
        edges(sql, tree.edges());
    }

    private void edges(SqlWriter sql, List<Edge> edges) {
        for (Edge edge : edges) {
            sql.text(" LEFT JOIN ");
            expressions.relation(sql, cube(edge.target()));
            sql.text(" ON ");
            expressions.row(sql, edge.from(), edge.join().condition());
        }
    }

    private void where(SqlWriter sql) {
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

    private void filters(
            SqlWriter sql,
            String keyword,
            List<Filter> filters,
            java.util.function.Consumer<Member> column) {
        if (!filters.isEmpty()) {
            Conditions writer = new Conditions(model, sql, query.timezone(), column);
            sql.text(keyword).each(filters, " AND ", writer::write);
        }
    }

    private static void groupBy(SqlWriter sql, int columns) {
        if (columns > 0) {
            List<Integer> positions =
                    java.util.stream.IntStream.rangeClosed(1, columns).boxed().toList();
            sql.text(" GROUP BY ").each(positions, ", ", position -> sql.text("" + position));
        }
    }

    private void split(SqlWriter sql) {
        List<Runnable> parts = new ArrayList<>();
        Map<String, String> leafColumns = new HashMap<>();
        if (!plan.together().isEmpty()) {
            name(leafColumns, 0, plan.together());
            parts.add(() -> together(sql));
        }
        plan.apart()
                .forEach(
                        (cube, leaves) -> {
                            name(leafColumns, parts.size(), leaves);
                            parts.add(() -> apart(sql, cube(cube), leaves));
                        });
        List<Column> keys = plan.keys();
        sql.text("SELECT ");
        sql.each(
                plan.columns(),
                ", ",
                column -> {
                    if (column.member() instanceof Member.OfMeasure measure) {
                        aggregates.over(sql, measure.cube(), measure.measure(), leafColumns);
                    } else {
                        sql.text("q0.d" + keys.indexOf(column));
                    }
                    sql.text(" ").quoted(column.alias());
                });
        for (int part = 0; part < parts.size(); part++) {
            sql.text(part == 0 ? " FROM (" : " INNER JOIN (");
            parts.get(part).run();
            sql.text(") AS q" + part);
            if (part > 0) {
                sql.text(" ON " + sameKeys(part, keys.size()));
            }
        }
        filters(
                sql,
                " WHERE ",
                plan.groups(),
                member -> {
                    if (member instanceof Member.OfMeasure measure) {
                        sql.text("(");
                        aggregates.over(sql, measure.cube(), measure.measure(), leafColumns);
                        sql.text(")");
                    }
                });
    }

    private static void name(Map<String, String> columns, int part, List<Leaf> leaves) {
        for (int i = 0; i < leaves.size(); i++) {
            columns.put(leaves.get(i).path(), "q" + part + ".m" + i);
        }
    }

    /** Equal keys, null included, in a form that can be hashed; all parts have the same groups. */
    private static String sameKeys(int part, int keys) {
        if (keys == 0) {
            return "true";
        }
        StringBuilder left = new StringBuilder();
        StringBuilder right = new StringBuilder();
        for (int i = 0; i < keys; i++) {
            left.append(i == 0 ? "" : ", ").append("q0.d").append(i);
            right.append(i == 0 ? "" : ", ").append('q').append(part).append(".d").append(i);
        }
        return "jsonb_build_array(" + left + ") = jsonb_build_array(" + right + ")";
    }

    private void keyColumns(SqlWriter sql) {
        List<Column> keys = plan.keys();
        for (int i = 0; i < keys.size(); i++) {
            sql.text(i == 0 ? "" : ", ");
            column(sql, keys.get(i));
            sql.text(" AS d" + i);
        }
    }

    private void together(SqlWriter sql) {
        sql.text("SELECT ");
        keyColumns(sql);
        leaves(sql, plan.together(), plan.tree());
        from(sql, plan.tree());
        where(sql);
        groupBy(sql, plan.keys().size());
    }

    private void leaves(SqlWriter sql, List<Leaf> leaves, JoinTree tree) {
        for (int i = 0; i < leaves.size(); i++) {
            sql.text(i == 0 && plan.keys().isEmpty() ? "" : ", ");
            aggregates.write(sql, leaves.get(i).cube(), leaves.get(i).measure(), tree);
            sql.text(" AS m" + i);
        }
    }

    private void apart(SqlWriter sql, Cube cube, List<Leaf> leaves) {
        List<Dimension> identity = cube.primaryKey();
        JoinTree own = ownTree(cube, leaves);
        int keys = plan.keys().size();
        sql.text("SELECT ");
        for (int i = 0; i < keys; i++) {
            sql.text(i == 0 ? "" : ", ").quoted(KEYS).text(".d" + i + " AS d" + i);
        }
        leaves(sql, leaves, own);
        sql.text(" FROM (SELECT DISTINCT ");
        keyColumns(sql);
        for (int i = 0; i < identity.size(); i++) {
            sql.text(i == 0 && keys == 0 ? "" : ", ");
            expressions.dimension(sql, cube, identity.get(i));
            sql.text(" AS k" + i);
        }
        from(sql, plan.tree());
        where(sql);
        sql.text(") AS ").quoted(KEYS).text(" LEFT JOIN ");
        expressions.relation(sql, cube);
        sql.text(" ON ");
        for (int i = 0; i < identity.size(); i++) {
            sql.text(i == 0 ? "" : " AND ").quoted(KEYS).text(".k" + i + " = (");
            expressions.dimension(sql, cube, identity.get(i));
            sql.text(")");
        }
        edges(sql, own.edges());
        groupBy(sql, keys);
    }

    /** What the aggregates of one cube need beside it. */
    private JoinTree ownTree(Cube cube, List<Leaf> leaves) {
        List<List<String>> ways = new ArrayList<>();
        ways.add(List.of(cube.name()));
        for (Leaf leaf : leaves) {
            model.needs().of(cube, leaf.measure()).forEach(n -> ways.add(List.of(cube.name(), n)));
        }
        JoinTree own = model.joins().tree(ways);
        if (own.multiplies(cube.name()) || cube.primaryKey().isEmpty()) {
            throw QueryException.user(
                    "'%s' references cubes that lead to row multiplication. Please rewrite it using sub query."
                            .formatted(
                                    String.join("', '", leaves.stream().map(Leaf::path).toList())));
        }
        return own;
    }

    private Cube cube(String name) {
        return model.names().cube(name).orElseThrow();
    }
}
