package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.serving.semantic.Aggregates.Leaf;
import dev.millrace.serving.semantic.CompiledQuery.Column;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a plan whose join multiplies rows of a cube that is summed over: each such cube is
 * aggregated apart, over its own rows once for each group that they belong to.
 *
 * <pre>
 * SELECT q0.d0, q0.m0, q1.m0
 * FROM (SELECT … d0, sum(…) m0 FROM all joined GROUP BY 1) q0
 * JOIN (SELECT k.d0, sum(…) m0 FROM (SELECT DISTINCT … d0, primary key FROM all joined) k
 *       LEFT JOIN the cube USING primary key GROUP BY 1) q1 ON q0.d0 is q1.d0
 * </pre>
 */
final class SplitWriter {

    private static final String KEYS = "$keys";

    private final SemanticModel model;
    private final Expressions expressions;
    private final Aggregates aggregates;
    private final QueryPlan plan;
    private final JoinedRows rows;
    private final Map<String, String> leafColumns = new HashMap<>();

    SplitWriter(
            SemanticModel model,
            Expressions expressions,
            Aggregates aggregates,
            QueryPlan plan,
            JoinedRows rows) {
        this.model = model;
        this.expressions = expressions;
        this.aggregates = aggregates;
        this.plan = plan;
        this.rows = rows;
    }

    void write(SqlWriter sql) {
        List<Runnable> parts = parts(sql);
        List<Column> keys = plan.keys();
        sql.text("SELECT ");
        sql.each(
                plan.columns(),
                ", ",
                column -> {
                    if (column.member() instanceof Member.OfMeasure measure) {
                        over(sql, measure);
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
        new Conditions(model, sql, plan.query().timezone(), member -> operand(sql, member))
                .all(" WHERE ", plan.groups());
    }

    /** What writes each part; first the aggregates that stay together, if there are any. */
    private List<Runnable> parts(SqlWriter sql) {
        List<Runnable> parts = new ArrayList<>();
        if (!plan.together().isEmpty()) {
            name(0, plan.together());
            parts.add(() -> together(sql));
        }
        plan.apart()
                .forEach(
                        (cube, leaves) -> {
                            name(parts.size(), leaves);
                            parts.add(
                                    () ->
                                            apart(
                                                    sql,
                                                    model.names().cube(cube).orElseThrow(),
                                                    leaves));
                        });
        return parts;
    }

    private void name(int part, List<Leaf> leaves) {
        for (int i = 0; i < leaves.size(); i++) {
            leafColumns.put(leaves.get(i).path(), "q" + part + ".m" + i);
        }
    }

    private void over(SqlWriter sql, Member.OfMeasure measure) {
        aggregates.over(sql, measure.cube(), measure.measure(), leafColumns);
    }

    private void operand(SqlWriter sql, Member member) {
        if (member instanceof Member.OfMeasure measure) {
            sql.text("(");
            over(sql, measure);
            sql.text(")");
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

    private void together(SqlWriter sql) {
        sql.text("SELECT ");
        rows.keys(sql);
        leaves(sql, plan.together(), plan.tree());
        rows.from(sql);
        rows.where(sql);
        rows.groupByKeys(sql);
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
        rows.keys(sql);
        for (int i = 0; i < identity.size(); i++) {
            sql.text(i == 0 && keys == 0 ? "" : ", ");
            expressions.dimension(sql, cube, identity.get(i));
            sql.text(" AS k" + i);
        }
        rows.from(sql);
        rows.where(sql);
        sql.text(") AS ").quoted(KEYS).text(" LEFT JOIN ");
        expressions.relation(sql, cube);
        sql.text(" ON ");
        for (int i = 0; i < identity.size(); i++) {
            sql.text(i == 0 ? "" : " AND ").quoted(KEYS).text(".k" + i + " = (");
            expressions.dimension(sql, cube, identity.get(i));
            sql.text(")");
        }
        rows.joins(sql, own.edges());
        rows.groupByKeys(sql);
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
}
