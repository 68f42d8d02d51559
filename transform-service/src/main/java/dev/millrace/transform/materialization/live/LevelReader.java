package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.live.Output.Base;
import dev.millrace.transform.materialization.live.Output.Span;

import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.AllColumns;
import net.sf.jsqlparser.statement.select.AllTableColumns;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.SelectItem;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds out what one {@code SELECT} gives, and by which of its columns its rows are apart. */
final class LevelReader {

    private final PlainSelect select;
    private final int offset;

    LevelReader(PlainSelect select, int offset) {
        this.select = select;
        this.offset = offset;
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
        new LevelRules(select, offset).refuse(scope, sources);
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
            outputs =
                    limited(scope, outputs, new Windows(select, offset).partitions(scope, windows));
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
            keys.add(Windows.meant(scope, outputs, element, offset));
        }
    }

    private List<String> distinctOn(Scope scope, List<Output> outputs) throws RefusedException {
        List<String> keys = new ArrayList<>();
        for (SelectItem<?> item : select.getDistinct().getOnSelectItems()) {
            flatten(scope, outputs, item.getExpression(), keys);
        }
        return keys;
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
