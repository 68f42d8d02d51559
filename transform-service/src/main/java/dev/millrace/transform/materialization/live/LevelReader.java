package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.live.Output.Base;
import dev.millrace.transform.materialization.live.Output.Span;

import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.ExpressionVisitorAdapter;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.WindowDefinition;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.AllColumns;
import net.sf.jsqlparser.statement.select.AllTableColumns;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.SelectItem;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Finds out what one {@code SELECT} gives, and by which of its columns its rows are apart. */
final class LevelReader {

    private final PlainSelect select;
    private final int offset;

    LevelReader(PlainSelect select, int offset) {
        this.select = select;
        this.offset = offset;
    }

    void refuseClauses() throws RefusedException {
        if (select.getLimit() != null || select.getFetch() != null || select.getOffset() != null) {
            throw refused(
                    "LIMIT and OFFSET take rows by what all others are; leave them to who reads the"
                        + " model",
                    QueryReader.place(
                            select.getLimit() == null ? select : select.getLimit(), offset));
        }
        if (select.getForMode() != null || select.getIntoTables() != null) {
            throw refused("a model only selects", QueryReader.place(select, offset));
        }
        if (select.isUsingOnly() || select.getSampleClause() != null) {
            throw refused(
                    "ONLY and TABLESAMPLE are not followed",
                    QueryReader.place(select.getFromItem(), offset));
        }
        if (select.getGroupBy() != null) {
            String groups = select.getGroupBy().toString();
            boolean sets =
                    !select.getGroupBy().getGroupingSets().isEmpty()
                            || Words.of(groups).stream()
                                    .anyMatch(
                                            word ->
                                                    word.isKeyword("rollup")
                                                            || word.isKeyword("cube")
                                                            || word.isKeyword("all"));
            if (sets) {
                throw refused(
                        "ROLLUP, CUBE, GROUPING SETS and GROUP BY ALL are not followed; make each"
                            + " grouping a live model",
                        QueryReader.place(select, offset));
            }
        }
    }

    private RefusedException refused(String reason, int position) {
        return new RefusedException(reason, position);
    }

    Level read(List<Source> sources) throws RefusedException {
        Scope scope = new Scope(sources);
        for (Join join : joins()) {
            if (join.getUsingColumns() != null) {
                join.getUsingColumns().forEach(c -> scope.share(Words.fold(c.getColumnName())));
            }
        }
        refuseSubQueries();
        refuseJoins(scope, sources);
        List<Output> outputs = outputs(scope, sources);
        List<String> groupKeys = groupKeys(scope, outputs);
        boolean hasAggregates =
                texts().anyMatch(Aggregates::isIn)
                        || (select.getHaving() != null
                                && Aggregates.isIn(select.getHaving().toString()));
        boolean isGrouped = select.getGroupBy() != null || hasAggregates;
        int windows = texts().mapToInt(Aggregates::windows).sum();
        boolean isDistinct = select.getDistinct() != null;
        if (isGrouped) {
            outputs = limited(scope, outputs, groupKeys);
        }
        if (windows > 0) {
            outputs = limited(scope, outputs, partitions(scope, outputs, windows));
        }
        if (isDistinct && select.getDistinct().getOnSelectItems() != null) {
            outputs = limited(scope, outputs, distinctOn(scope, outputs));
        }
        return new Level(
                select,
                offset,
                sources,
                outputs,
                isGrouped,
                isGrouped || windows > 0 || isDistinct,
                hasAggregates,
                groupKeys);
    }

    private List<Join> joins() {
        return select.getJoins() == null ? List.of() : select.getJoins();
    }

    private Stream<String> texts() {
        return select.getSelectItems().stream().map(item -> item.getExpression().toString());
    }

    /** What a sub-query outside FROM finds may change without any row here. */
    private void refuseSubQueries() throws RefusedException {
        List<String> texts = new ArrayList<>(texts().toList());
        texts.add(String.valueOf(select.getWhere()));
        texts.add(String.valueOf(select.getHaving()));
        texts.add(String.valueOf(select.getGroupBy()));
        for (Join join : joins()) {
            texts.add(String.valueOf(join.getOnExpressions()));
        }
        boolean found =
                texts.stream()
                        .flatMap(text -> Words.of(text).stream())
                        .anyMatch(word -> word.isKeyword("select"));
        if (found) {
            throw refused(
                    "sub-queries outside of FROM are not followed; write a join",
                    QueryReader.place(select, offset));
        }
    }

    private void refuseJoins(Scope scope, List<Source> sources) throws RefusedException {
        for (Source source : sources) {
            Join join = source.join();
            if (join == null) {
                continue;
            }
            boolean derived = false;
            for (Expression on : join.getOnExpressions()) {
                if (Skeleton.conjuncts(on).isEmpty()) {
                    continue;
                }
                boolean kept = false;
                for (Expression conjunct : Skeleton.conjuncts(on)) {
                    kept |= Scope.inner(scope.uses(conjunct.toString())) == Grade.KEY;
                }
                derived |= !kept;
            }
            for (Column column :
                    join.getUsingColumns() == null ? List.<Column>of() : join.getUsingColumns()) {
                derived |= Scope.inner(scope.uses(column.toString())) != Grade.KEY;
            }
            if (derived) {
                throw refused(
                        "a join on what was computed from several rows is not followed; join on"
                            + " columns that the groups are made by",
                        QueryReader.place(join.getFromItem(), offset));
            }
        }
    }

    private List<Output> outputs(Scope scope, List<Source> sources) throws RefusedException {
        List<Output> outputs = new ArrayList<>();
        for (SelectItem<?> item : select.getSelectItems()) {
            Expression expression = item.getExpression();
            if (expression instanceof AllTableColumns all) {
                String alias = Words.fold(all.getTable().getName());
                for (Source source : sources) {
                    if (source.alias().equals(alias)) {
                        outputs.addAll(all(source));
                    }
                }
            } else if (expression instanceof AllColumns) {
                for (Source source : sources) {
                    outputs.addAll(all(source));
                }
            } else {
                outputs.add(output(scope, item));
            }
        }
        return outputs;
    }

    private List<Output> all(Source source) throws RefusedException {
        if (source.isOpen()) {
            throw refused("name the columns that %s gives".formatted(source.alias()), -1);
        }
        List<Output> all = new ArrayList<>();
        for (Output column : source.columns().values()) {
            String quoted =
                    RelationName.quote(source.alias()) + "." + RelationName.quote(column.name());
            Grade grade = source.isNullable() ? column.grade().worst(Grade.LOOSE) : column.grade();
            all.add(
                    new Output(
                            column.name(),
                            new Column(quoted),
                            quoted + " ",
                            grade,
                            false,
                            column.base(),
                            column.bucket()));
        }
        return all;
    }

    private Output output(Scope scope, SelectItem<?> item) throws RefusedException {
        Expression expression = item.getExpression();
        String text = expression.toString();
        List<Scope.Use> uses = scope.uses(text);
        boolean computed = Aggregates.isIn(text) || Aggregates.windows(text) > 0;
        String name =
                item.getAlias() == null ? name(expression) : Words.fold(item.getAlias().getName());
        return new Output(
                name,
                expression,
                scope.canonical(text),
                computed ? Grade.DERIVED : Scope.outer(uses),
                uses.isEmpty(),
                expression instanceof Column ? base(uses) : null,
                span(expression, uses));
    }

    private static @Nullable Base base(List<Scope.Use> uses) {
        return uses.size() == 1 && uses.getFirst().column() != null
                ? uses.getFirst().column().base()
                : null;
    }

    /** How PostgreSQL names a column that has no name of its own, where that is plain. */
    private static String name(Expression expression) {
        return switch (expression) {
            case Column column -> Words.fold(column.getColumnName());
            case Function function -> {
                List<String> parts = function.getMultipartName();
                yield Words.fold(parts.getLast());
            }
            case CastExpression cast when cast.getLeftExpression() instanceof Column column ->
                    Words.fold(column.getColumnName());
            default -> "";
        };
    }

    private static @Nullable Span span(Expression expression, List<Scope.Use> uses) {
        if (uses.size() != 1 || uses.getFirst().column() == null) {
            return null;
        }
        Output column = uses.getFirst().column();
        if (expression instanceof Column) {
            return column.bucket();
        }
        String width = expression instanceof Function function ? Buckets.width(function) : "";
        return column.base() == null || width.isEmpty() ? null : new Span(column.base(), width);
    }

    private List<String> groupKeys(Scope scope, List<Output> outputs) throws RefusedException {
        if (select.getGroupBy() == null) {
            return List.of();
        }
        List<String> keys = new ArrayList<>();
        for (Object element : select.getGroupBy().getGroupByExpressionList()) {
            flatten(scope, outputs, (Expression) element, keys);
        }
        return keys;
    }

    private void flatten(Scope scope, List<Output> outputs, Expression element, List<String> keys)
            throws RefusedException {
        if (element instanceof ExpressionList<?> list) {
            for (Expression each : list) {
                flatten(scope, outputs, each, keys);
            }
        } else {
            keys.add(meant(scope, outputs, element));
        }
    }

    /** An ordinal or a name of an output stands for that; a column of a source comes first. */
    private String meant(Scope scope, List<Output> outputs, Expression element)
            throws RefusedException {
        if (element instanceof LongValue ordinal) {
            long place = ordinal.getValue();
            if (place < 1 || place > outputs.size()) {
                throw refused(
                        "there is no column %d".formatted(place),
                        QueryReader.place(element, offset));
            }
            return outputs.get((int) place - 1).canonical();
        }
        String text = element.toString();
        if (element instanceof Column column
                && column.getTable() == null
                && scope.uses(text).isEmpty()) {
            String name = Words.fold(column.getColumnName());
            for (Output output : outputs) {
                if (output.name().equals(name)) {
                    return output.canonical();
                }
            }
        }
        return scope.canonical(text);
    }

    private List<String> distinctOn(Scope scope, List<Output> outputs) throws RefusedException {
        List<String> keys = new ArrayList<>();
        for (SelectItem<?> item : select.getDistinct().getOnSelectItems()) {
            flatten(scope, outputs, item.getExpression(), keys);
        }
        return keys;
    }

    /** By what all windows are partitioned. */
    private List<String> partitions(Scope scope, List<Output> outputs, int windows)
            throws RefusedException {
        List<AnalyticExpression> found = new ArrayList<>();
        ExpressionVisitorAdapter<Void> finder =
                new ExpressionVisitorAdapter<>() {
                    @Override
                    public <S> Void visit(AnalyticExpression expression, S context) {
                        if (Aggregates.windows(expression.toString()) > 0) {
                            found.add(expression);
                        }
                        return super.visit(expression, context);
                    }
                };
        select.getSelectItems().forEach(item -> item.getExpression().accept(finder, null));
        if (found.size() != windows) {
            throw refused("its window functions are not understood; make it a table", -1);
        }
        @Nullable Set<String> common = null;
        for (AnalyticExpression window : found) {
            Set<String> keys = new HashSet<>();
            for (Object element : partition(window)) {
                keys.add(meant(scope, List.of(), (Expression) element));
            }
            if (common == null) {
                common = keys;
            } else {
                common.retainAll(keys);
            }
        }
        if (common == null || common.isEmpty()) {
            throw refused(
                    "its windows have no PARTITION BY in common, so that each row would change all"
                        + " others; partition them by the same columns",
                    QueryReader.place(found.getFirst(), offset));
        }
        return List.copyOf(common);
    }

    private List<?> partition(AnalyticExpression window) {
        if (window.getWindowName() != null && select.getWindowDefinitions() != null) {
            for (WindowDefinition definition : select.getWindowDefinitions()) {
                if (definition.getWindowName().equals(window.getWindowName())) {
                    return list(definition.getPartitionExpressionList());
                }
            }
        }
        List<?> own = list(window.getPartitionExpressionList());
        return own.isEmpty() && window.getWindowDefinition() != null
                ? list(window.getWindowDefinition().getPartitionExpressionList())
                : own;
    }

    private static List<?> list(@Nullable List<?> list) {
        return list == null ? List.of() : list;
    }

    /** Only what is computed from these alone is the row's own; others have a say in the rest. */
    private static List<Output> limited(Scope scope, List<Output> outputs, List<String> keys)
            throws RefusedException {
        List<Output> limited = new ArrayList<>();
        for (Output output : outputs) {
            boolean isKey =
                    keys.contains(output.canonical())
                            || (output.grade() != Grade.DERIVED
                                    && onlyUses(scope, output.expression(), keys));
            limited.add(isKey ? output : output.graded(Grade.DERIVED));
        }
        return limited;
    }

    private static boolean onlyUses(Scope scope, Expression expression, List<String> keys)
            throws RefusedException {
        for (Scope.Use use : scope.uses(expression.toString())) {
            if (!keys.contains(scope.canonical(qualified(use)))) {
                return false;
            }
        }
        return true;
    }

    private static String qualified(Scope.Use use) {
        return RelationName.quote(use.source().alias()) + "." + RelationName.quote(use.name());
    }
}
