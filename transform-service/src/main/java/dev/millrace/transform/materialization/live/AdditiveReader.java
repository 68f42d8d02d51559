package dev.millrace.transform.materialization.live;

import dev.millrace.transform.materialization.live.LiveForm.Partial;

import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.AnalyticType;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.GroupByElement;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.SelectItem;
import net.sf.jsqlparser.util.deparser.ExpressionDeParser;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes a query's groups apart into keys and partial results that can be merged. */
final class AdditiveReader {

    /** An index has no more. */
    private static final int MAX_KEYS = 32;

    private final Level top;
    private final Scope scope;
    private final List<String> keys = new ArrayList<>();
    private final List<Expression> keyExpressions = new ArrayList<>();
    private final Map<String, Partial> partials = new LinkedHashMap<>();

    private AdditiveReader(Level top) {
        this.top = top;
        this.scope = new Scope(top.sources());
    }

    /** What keeps a query from being additive. */
    static final class NotAdditiveException extends Exception {
        NotAdditiveException(String message) {
            super(message);
        }
    }

    /** What leaves the deparser, which throws nothing that is checked. */
    private static final class Stop extends RuntimeException {
        Stop(String message) {
            super(message, null, false, false);
        }
    }

    /** The additive form of a query whose tree is the reader's to change. */
    static LiveForm.Additive read(QueryReader.Query query, LiveQuery described)
            throws NotAdditiveException, RefusedException {
        Level top = query.top();
        if (!top.isGrouped() || top.select().getDistinct() != null) {
            throw new NotAdditiveException("its rows are no groups");
        }
        for (Source source : top.sources()) {
            if (source.level() != null && !source.level().isFlat()) {
                throw new NotAdditiveException("it reads what was computed from several rows");
            }
        }
        return new AdditiveReader(top).read(fact(query), described);
    }

    private static int fact(QueryReader.Query query) throws NotAdditiveException {
        int fact = -1;
        for (int i = 0; i < query.inputs().size(); i++) {
            if (query.inputs().get(i).kind() == LiveInput.Kind.APPENDED) {
                if (fact >= 0) {
                    throw new NotAdditiveException("it reads more than one stream of new rows");
                }
                fact = i;
            }
        }
        if (fact < 0) {
            throw new NotAdditiveException("rows of what it reads change and go");
        }
        if (query.top().isOptional(fact)) {
            throw new NotAdditiveException("new rows take the place of missing ones in a join");
        }
        return fact;
    }

    private LiveForm.Additive read(int fact, LiveQuery described)
            throws NotAdditiveException, RefusedException {
        List<String> names = new ArrayList<>();
        for (String key : top.groupKeys()) {
            Output output =
                    top.outputs().stream()
                            .filter(o -> o.canonical().equals(key) && !o.name().isEmpty())
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new NotAdditiveException(
                                                    "not all that it groups by is among its"
                                                            + " columns"));
            if (!keys.contains(key)) {
                keys.add(key);
                keyExpressions.add(output.expression());
                names.add(output.name());
            }
        }
        if (keys.size() > MAX_KEYS) {
            throw new NotAdditiveException("it groups by more than %d columns".formatted(MAX_KEYS));
        }
        List<String> outputs = new ArrayList<>();
        for (Output output : top.outputs()) {
            outputs.add(rewritten(output.expression()));
        }
        Expression condition = top.select().getHaving();
        String having = condition == null ? null : rewritten(condition);
        return new LiveForm.Additive(
                described, fact, delta(), names, List.copyOf(partials.values()), outputs, having);
    }

    /** An expression in keys and partial results. */
    private String rewritten(Expression expression) throws NotAdditiveException, RefusedException {
        String key = key(expression);
        if (key != null) {
            return key;
        }
        StringBuilder text = new StringBuilder();
        Rewriting rewriting = new Rewriting(text);
        try {
            expression.accept(rewriting, null);
        } catch (Stop e) {
            throw new NotAdditiveException(String.valueOf(e.getMessage()));
        }
        if (Aggregates.isIn(text.toString())) {
            throw new NotAdditiveException("it has aggregates that cannot be merged");
        }
        return text.toString();
    }

    private @Nullable String key(Expression expression) throws RefusedException {
        int place = keys.indexOf(scope.canonical(expression.toString()));
        return place < 0 ? null : "k" + place;
    }

    private String partial(String text, Partial kind) {
        partials.putIfAbsent(text, kind);
        return "p" + List.copyOf(partials.keySet()).indexOf(text);
    }

    private String aggregate(String name, String arguments, String filter) {
        return switch (name) {
            case "count" -> partial("count(" + arguments + ")" + filter, Partial.COUNT);
            case "min" -> partial("min(" + arguments + ")" + filter, Partial.MIN);
            case "max" -> partial("max(" + arguments + ")" + filter, Partial.MAX);
            case "sum" -> partial("sum(" + arguments + ")" + filter, Partial.SUM);
            default ->
                    "(%s::numeric / nullif(%s, 0))"
                            .formatted(
                                    partial("sum(" + arguments + ")" + filter, Partial.SUM),
                                    partial("count(" + arguments + ")" + filter, Partial.COUNT));
        };
    }

    private final class Rewriting extends ExpressionDeParser {

        private final StringBuilder text;

        Rewriting(StringBuilder text) {
            super(null, text);
            this.text = text;
        }

        @Override
        public <S> StringBuilder visit(Function function, S context) {
            String name = Words.fold(function.getName());
            if (!Aggregates.isAggregate(name)) {
                return super.visit(function, context);
            }
            boolean isPlain =
                    !function.isDistinct()
                            && function.getOrderByElements() == null
                            && !function.isUnique()
                            && function.getNamedParameters() == null;
            if (!isPlain || !Aggregates.MERGEABLE.contains(name)) {
                throw new Stop("%s cannot be merged".formatted(function));
            }
            return text.append(aggregate(name, String.valueOf(function.getParameters()), ""));
        }

        @Override
        public <S> StringBuilder visit(AnalyticExpression expression, S context) {
            String name = Words.fold(expression.getName());
            boolean isPlain =
                    expression.getType() == AnalyticType.FILTER_ONLY
                            && !expression.isDistinct()
                            && !expression.isUnique()
                            && expression.getOffset() == null
                            && expression.getDefaultValue() == null
                            && expression.getFuncOrderBy() == null
                            && expression.getFilterExpression() != null;
            if (!isPlain || !Aggregates.MERGEABLE.contains(name)) {
                throw new Stop("%s cannot be merged".formatted(expression));
            }
            String arguments =
                    expression.isAllColumns() ? "*" : String.valueOf(expression.getExpression());
            return text.append(
                    aggregate(
                            name,
                            arguments,
                            " FILTER (WHERE " + expression.getFilterExpression() + ")"));
        }

        @Override
        public <S> StringBuilder visit(Column column, S context) {
            try {
                String key = key(column);
                if (key == null && !scope.uses(column.toString()).isEmpty()) {
                    throw new Stop(
                            "%s is part of what it groups by, or not grouped".formatted(column));
                }
                return key == null ? super.visit(column, context) : text.append(key);
            } catch (RefusedException e) {
                throw new Stop(String.valueOf(e.getMessage()));
            }
        }
    }

    private String delta() throws NotAdditiveException {
        PlainSelect select = top.select();
        List<SelectItem<?>> items = new ArrayList<>();
        ExpressionList<Expression> ordinals = new ExpressionList<>();
        for (int i = 0; i < keyExpressions.size(); i++) {
            items.add(new SelectItem<>(keyExpressions.get(i), new Alias("k" + i, true)));
            ordinals.add(new LongValue(i + 1L));
        }
        int place = 0;
        for (String partial : partials.keySet()) {
            items.add(new SelectItem<>(parsed(partial), new Alias("p" + place++, true)));
        }
        select.setSelectItems(items);
        select.setHaving(null);
        select.setOrderByElements(null);
        if (ordinals.isEmpty()) {
            select.setGroupByElement(null);
        } else {
            GroupByElement groups = new GroupByElement();
            groups.setGroupByExpressions(ordinals);
            select.setGroupByElement(groups);
        }
        return select.toString();
    }

    private static Expression parsed(String text) throws NotAdditiveException {
        try {
            return CCJSqlParserUtil.parseExpression(text);
        } catch (JSQLParserException e) {
            throw new NotAdditiveException(text + " is not understood");
        }
    }
}
