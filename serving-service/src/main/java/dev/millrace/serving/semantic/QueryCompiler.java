package dev.millrace.serving.semantic;

import dev.millrace.serving.semantic.Query.Order;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Turns queries over a model into SQL. Immutable, and cheap to use. */
public final class QueryCompiler {

    private final SemanticModel model;
    private final Rollups rollups;

    /** For a model that is asked for rows alone. */
    public QueryCompiler(SemanticModel model) {
        this.model = model;
        this.rollups = Rollups.NONE;
    }

    /**
     * @param zones in whose days rollups are kept whose units are days and longer
     */
    public QueryCompiler(SemanticModel model, List<ZoneId> zones) {
        this.model = model;
        this.rollups = Rollups.of(model, zones);
    }

    /** The rollups of the model, whether anybody keeps them or not. */
    public Rollups rollups() {
        return rollups;
    }

    public SemanticModel model() {
        return model;
    }

    /**
     * The SQL of a query, which shows its viewer no more than they may see.
     *
     * @throws QueryException if the model cannot answer it, or not to this viewer
     */
    public CompiledQuery compile(Query query, Viewer viewer) {
        Sight sight = new Sight(model, viewer, QueryResolver.paths(query));
        Compilation compilation =
                new Compilation(model, sight, viewer, query.timezone(), origin(query));
        Selection selection = new QueryResolver(sight).resolve(query);
        QueryPlan plan = QueryPlan.of(compilation, selection);
        List<Order> order = order(query, plan.columns());
        Map<String, String> unfit = new LinkedHashMap<>();
        List<CompiledQuery.OverRollup> fitting = new ArrayList<>();
        for (RollupTable rollup : rollups.tables()) {
            if (RollupFit.isAbout(plan, rollup)) {
                RollupFit.misfit(compilation, plan, rollup)
                        .ifPresentOrElse(
                                reason -> unfit.put(rollup.id(), reason),
                                () ->
                                        fitting.add(
                                                new CompiledQuery.OverRollup(
                                                        rollup,
                                                        integers ->
                                                                select(
                                                                        compilation,
                                                                        plan.over(
                                                                                new RollupTable
                                                                                        .Rows(
                                                                                        rollup,
                                                                                        integers)),
                                                                        query,
                                                                        order))));
            }
        }
        return new CompiledQuery(
                select(compilation, plan, query, order),
                fitting,
                unfit,
                plan.columns(),
                order,
                leaves(plan),
                !plan.apart().isEmpty(),
                !plan.rolling().isEmpty());
    }

    private static CompiledQuery.Select select(
            Compilation compilation, QueryPlan plan, Query query, List<Order> order) {
        QueryWriter writer = new QueryWriter(compilation, plan);
        return new CompiledQuery.Select(
                statement(writer, plan.columns(), query, order),
                query.total() ? total(writer) : null);
    }

    private static @Nullable Instant origin(Query query) {
        return query.timeDimensions().stream()
                .map(Query.TimeDimension::origin)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static SqlStatement statement(
            QueryWriter writer, List<CompiledQuery.Column> columns, Query query, List<Order> by) {
        SqlWriter sql = new SqlWriter();
        writer.write(sql);
        List<String> order = new ArrayList<>();
        for (Order item : by) {
            int position = position(columns, item);
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

    private static SqlStatement total(QueryWriter writer) {
        SqlWriter sql = new SqlWriter();
        sql.text("SELECT count(*) FROM (");
        writer.write(sql);
        return sql.text(") AS \"$total\"").statement();
    }

    /** The order asked for, or Cube's own: by time, else by the first measure, else dimension. */
    private static List<Order> order(Query query, List<CompiledQuery.Column> columns) {
        if (!query.order().isEmpty()) {
            return query.order();
        }
        for (CompiledQuery.Column column : columns) {
            if (column.granularity() != null) {
                return List.of(new Order(column.member().path(), false));
            }
        }
        if (!query.measures().isEmpty() && !query.dimensions().isEmpty()) {
            return List.of(new Order(query.measures().getFirst(), true));
        }
        return query.dimensions().isEmpty()
                ? List.of()
                : List.of(new Order(query.dimensions().getFirst(), false));
    }

    /** The position in the result of a member that it is ordered by; 0 if it has none. */
    private static int position(List<CompiledQuery.Column> columns, Order item) {
        for (int i = 0; i < columns.size(); i++) {
            CompiledQuery.Column column = columns.get(i);
            if (column.key().equals(item.member())
                    || Objects.equals(column.member().path(), item.member())) {
                return i + 1;
            }
        }
        return 0;
    }

    private Map<String, List<CompiledQuery.Leaf>> leaves(QueryPlan plan) {
        Aggregates aggregates = new Aggregates(model, plan.switches());
        Map<String, List<CompiledQuery.Leaf>> leaves = new LinkedHashMap<>();
        for (Member.OfMeasure measure : plan.selection().measures()) {
            leaves.put(
                    measure.path(),
                    aggregates.leaves(measure.cube(), measure.measure()).values().stream()
                            .map(l -> new CompiledQuery.Leaf(l.path(), l.measure().type()))
                            .toList());
        }
        return leaves;
    }
}
