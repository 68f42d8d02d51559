package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.serving.semantic.Aggregates.Leaf;
import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.Needs.SubQuery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes a plan whose aggregates do not all come from the same rows: of a cube whose rows a join
 * multiplies, over its own rows once for each group that they belong to; over a window of time; or
 * in a stage of its own. Each is a select by the same keys.
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

    private final Compilation compilation;
    private final Expressions expressions;
    private final Aggregates aggregates;
    private final QueryPlan plan;
    private final JoinedRows rows;
    private final Map<String, String> leafColumns = new HashMap<>();

    /**
     * One of the selects.
     *
     * @param whole whether it has every group that there is; groups that others miss are then kept
     */
    private record Part(Runnable select, boolean whole) {}

    SplitWriter(
            Compilation compilation,
            Expressions expressions,
            Aggregates aggregates,
            QueryPlan plan,
            JoinedRows rows) {
        this.compilation = compilation;
        this.expressions = expressions;
        this.aggregates = aggregates;
        this.plan = plan;
        this.rows = rows;
    }

    /**
     * @param names what the columns are called
     */
    void write(SqlWriter sql, List<String> names) {
        List<Part> parts = parts(sql);
        List<Column> keys = plan.keys();
        sql.text("SELECT ");
        for (int i = 0; i < names.size(); i++) {
            Column column = plan.columns().get(i);
            sql.text(i == 0 ? "" : ", ");
            switch (column.member()) {
                case Member.OfMeasure measure -> over(sql, measure);
                case Member.OfDimension dimension -> {
                    String chosen = plan.switches().column(dimension);
                    sql.text(chosen == null ? key(parts, keys.indexOf(column)) : chosen);
                }
                case Member.OfSegment segment ->
                        throw new IllegalStateException("no column: " + segment.path());
            }
            sql.text(" ").quoted(names.get(i));
        }
        for (int part = 0; part < parts.size(); part++) {
            sql.text(part == 0 ? " FROM (" : join(parts.get(part), keys.size()));
            parts.get(part).select().run();
            sql.text(") AS q" + part);
            if (part > 0 && !keys.isEmpty()) {
                sql.text(" ON " + sameKeys(parts.subList(0, part), part, keys.size()));
            }
        }
        plan.switches().join(sql);
        new Conditions(
                        compilation.sight()::member,
                        sql,
                        compilation.timezone(),
                        member -> operand(sql, member))
                .all(
                        " WHERE ",
                        Stream.concat(
                                        plan.selection().groups().stream(),
                                        plan.switches().choices().stream())
                                .toList());
    }

    private static String join(Part part, int keys) {
        if (keys == 0) {
            return " CROSS JOIN (";
        }
        return part.whole() ? " FULL JOIN (" : " INNER JOIN (";
    }

    /** A key of whichever part has it. */
    private static String key(List<Part> parts, int key) {
        List<String> found = new ArrayList<>(List.of("q0.d" + key));
        for (int part = 1; part < parts.size(); part++) {
            if (parts.get(part).whole()) {
                found.add("q" + part + ".d" + key);
            }
        }
        return found.size() == 1 ? found.getFirst() : "coalesce(" + String.join(", ", found) + ")";
    }

    /** Equal keys, null included, in a form that can be hashed. */
    private static String sameKeys(List<Part> before, int part, int keys) {
        List<String> left = new ArrayList<>();
        List<String> right = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            left.add(key(before, i));
            right.add("q" + part + ".d" + i);
        }
        return "jsonb_build_array("
                + String.join(", ", left)
                + ") = jsonb_build_array("
                + String.join(", ", right)
                + ")";
    }

    /** What writes each part; first the aggregates that stay together, if there are any. */
    private List<Part> parts(SqlWriter sql) {
        List<Part> parts = new ArrayList<>();
        boolean onlyChosen =
                plan.apart().isEmpty() && plan.rolling().isEmpty() && plan.staged().isEmpty();
        if (!plan.together().isEmpty() || onlyChosen) {
            name(0, plan.together());
            parts.add(new Part(() -> together(sql), false));
        }
        plan.apart()
                .forEach(
                        (cube, leaves) -> {
                            name(parts.size(), leaves);
                            Cube own = compilation.model().names().cube(cube).orElseThrow();
                            parts.add(new Part(() -> apart(sql, own, leaves), false));
                        });
        for (Leaf leaf : plan.rolling()) {
            name(parts.size(), List.of(leaf));
            parts.add(new Part(() -> new RollingPart(compilation, plan, leaf).write(sql), false));
        }
        for (Leaf leaf : plan.staged()) {
            name(parts.size(), List.of(leaf));
            parts.add(new Part(() -> new StagedPart(compilation, plan, leaf).write(sql), true));
        }
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
        switch (member) {
            case Member.OfMeasure measure -> {
                sql.text("(");
                over(sql, measure);
                sql.text(")");
            }
            case Member.OfDimension dimension ->
                    sql.text(String.valueOf(plan.switches().column(dimension)));
            case Member.OfSegment _ -> {}
        }
    }

    private void together(SqlWriter sql) {
        sql.text("SELECT ");
        rows.keys(sql);
        leaves(sql, plan.together(), plan.tree());
        // Only what a query chooses: one row for it to stand in.
        if (plan.keys().isEmpty() && plan.together().isEmpty()) {
            sql.text("1 AS one");
        }
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
        Set<SubQuery> subQueries = new LinkedHashSet<>();
        leaves.forEach(leaf -> subQueries.addAll(needs(leaf).subQueries()));
        rows.subQueries(sql, cube, subQueries);
        rows.joins(sql, own.edges(), subQueries);
        rows.groupByKeys(sql);
    }

    private Needs.Found needs(Leaf leaf) {
        return compilation.model().needs().of(leaf.cube(), leaf.measure());
    }

    /** What the aggregates of one cube need beside it. */
    private JoinTree ownTree(Cube cube, List<Leaf> leaves) {
        List<List<String>> ways = new ArrayList<>();
        ways.add(List.of(cube.name()));
        for (Leaf leaf : leaves) {
            needs(leaf).cubes().forEach(n -> ways.add(List.of(cube.name(), n)));
        }
        JoinTree own = compilation.model().joins().tree(ways);
        if (own.multiplies(cube.name()) || cube.primaryKey().isEmpty()) {
            throw QueryException.user(
                    "'%s' references cubes that lead to row multiplication. Please rewrite it using sub query."
                            .formatted(
                                    String.join("', '", leaves.stream().map(Leaf::path).toList())));
        }
        return own;
    }
}
