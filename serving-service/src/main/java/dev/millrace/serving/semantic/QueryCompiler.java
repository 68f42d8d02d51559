package dev.millrace.serving.semantic;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns queries over a model into SQL. Immutable, and cheap to use. */
public final class QueryCompiler {

    private final SemanticModel model;
    private final Expressions expressions;
    private final Aggregates aggregates;

    public QueryCompiler(SemanticModel model) {
        this.model = model;
        this.expressions = new Expressions(model.names());
        this.aggregates = new Aggregates(model, expressions);
    }

    public SemanticModel model() {
        return model;
    }

    /**
     * The SQL of a query.
     *
     * @throws QueryException if the model cannot answer it
     */
    public CompiledQuery compile(Query query) {
        QueryPlan plan = QueryPlan.of(model, aggregates, query);
        QueryWriter writer = new QueryWriter(model, expressions, aggregates, plan);
        return new CompiledQuery(
                writer.statement(),
                query.total() ? writer.total() : null,
                plan.columns(),
                plan.order(),
                leaves(plan),
                plan.isSplit());
    }

    private Map<String, List<CompiledQuery.Leaf>> leaves(QueryPlan plan) {
        Map<String, List<CompiledQuery.Leaf>> leaves = new LinkedHashMap<>();
        for (CompiledQuery.Column column : plan.columns()) {
            if (column.member() instanceof Member.OfMeasure measure) {
                leaves.put(
                        measure.path(),
                        aggregates.leaves(measure.cube(), measure.measure()).values().stream()
                                .map(l -> new CompiledQuery.Leaf(l.path(), l.measure().type()))
                                .toList());
            }
        }
        return leaves;
    }
}
