package dev.millrace.transform.materialization.live;

import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.ExpressionVisitorAdapter;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.WindowDefinition;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.PlainSelect;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The windows of a {@code SELECT}, and by what they keep rows apart. */
final class Windows {

    private final PlainSelect select;
    private final int offset;

    Windows(PlainSelect select, int offset) {
        this.select = select;
        this.offset = offset;
    }

    /** By what all windows are partitioned. */
    List<String> partitions(Scope scope, int windows) throws RefusedException {
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
            throw new RefusedException(
                    "its window functions are not understood; make it a table", -1);
        }
        @Nullable Set<String> common = null;
        for (AnalyticExpression window : found) {
            Set<String> keys = new HashSet<>();
            for (Object element : partition(window)) {
                keys.add(meant(scope, List.of(), (Expression) element, offset));
            }
            if (common == null) {
                common = keys;
            } else {
                common.retainAll(keys);
            }
        }
        if (common == null || common.isEmpty()) {
            throw new RefusedException(
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

    /** An ordinal or a name of an output stands for that; a column of a source comes first. */
    static String meant(Scope scope, List<Output> outputs, Expression element, int offset)
            throws RefusedException {
        if (element instanceof LongValue ordinal) {
            long place = ordinal.getValue();
            if (place < 1 || place > outputs.size()) {
                throw new RefusedException(
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
}
