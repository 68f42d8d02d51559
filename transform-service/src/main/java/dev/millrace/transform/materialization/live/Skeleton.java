package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;

import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import net.sf.jsqlparser.statement.select.Distinct;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.SelectItem;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * What is left of a query when all is taken out in which several rows have a say: which keys a row
 * of an input counts for. Conditions that cannot be told from single rows are left out, too, so
 * that it may give keys too many and never one too few.
 */
final class Skeleton {

    private Skeleton() {}

    /** The query for the keys of an input's rows; the tree is changed. */
    static String of(Level top, List<String> keys, int input) throws RefusedException {
        strip(top, input);
        List<SelectItem<?>> items = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            Output output =
                    top.outputs().stream()
                            .filter(each -> each.name().equals(key))
                            .findFirst()
                            .orElseThrow();
            items.add(new SelectItem<>(output.expression(), new Alias("k" + i, true)));
        }
        top.select().setSelectItems(items);
        top.select().setDistinct(new Distinct());
        return top.select().toString();
    }

    private static void strip(Level level, int input) throws RefusedException {
        PlainSelect select = level.select();
        Scope scope = new Scope(level.sources());
        select.setWhere(kept(scope, select.getWhere()));
        for (Source source : level.sources()) {
            Join join = source.join();
            if (join != null) {
                List<Expression> on = new ArrayList<>();
                for (Expression expression : join.getOnExpressions()) {
                    Expression inner = keptInJoin(scope, expression);
                    on.add(inner == null ? expression : inner);
                }
                join.setOnExpressions(on);
                if (source.holds(input) && join.isLeft()) {
                    // What has no partner in it is not of its rows.
                    join.setLeft(false);
                    join.setOuter(false);
                    join.setInner(true);
                }
            }
            if (source.level() != null) {
                strip(source.level(), input);
                narrow(source);
            }
        }
        select.setGroupByElement(null);
        select.setHaving(null);
        select.setDistinct(null);
        select.setOrderByElements(null);
        select.setWindowDefinitions(null);
    }

    /** Leaves of a level what its rows alone decide. */
    private static void narrow(Source source) {
        Level level = source.level();
        if (level == null
                || level.outputs().stream().allMatch(output -> output.grade() != Grade.DERIVED)) {
            return;
        }
        List<SelectItem<?>> items = new ArrayList<>();
        source.columns()
                .forEach(
                        (name, output) -> {
                            if (output.grade() != Grade.DERIVED) {
                                items.add(
                                        new SelectItem<>(
                                                output.expression(),
                                                new Alias(RelationName.quote(name), true)));
                            }
                        });
        if (items.isEmpty()) {
            items.add(new SelectItem<>(new LongValue(1), new Alias("mr_none", true)));
        }
        level.select().setSelectItems(items);
        source.item().getAlias().setAliasColumns(null);
    }

    private static @Nullable Expression kept(Scope scope, @Nullable Expression where)
            throws RefusedException {
        Expression kept = null;
        for (Expression conjunct : conjuncts(where)) {
            if (Scope.outer(scope.uses(conjunct.toString())) == Grade.KEY) {
                kept = kept == null ? conjunct : new AndExpression(kept, conjunct);
            }
        }
        return kept;
    }

    private static @Nullable Expression keptInJoin(Scope scope, Expression on)
            throws RefusedException {
        Expression kept = null;
        for (Expression conjunct : conjuncts(on)) {
            if (Scope.inner(scope.uses(conjunct.toString())) == Grade.KEY) {
                kept = kept == null ? conjunct : new AndExpression(kept, conjunct);
            }
        }
        return kept;
    }

    /** The conditions that must all hold. */
    static List<Expression> conjuncts(@Nullable Expression condition) {
        List<Expression> conjuncts = new ArrayList<>();
        collect(condition, conjuncts);
        return conjuncts;
    }

    private static void collect(@Nullable Expression condition, List<Expression> conjuncts) {
        if (condition instanceof AndExpression and) {
            collect(and.getLeftExpression(), conjuncts);
            collect(and.getRightExpression(), conjuncts);
        } else if (condition instanceof ParenthesedExpressionList<?> list
                && list.size() == 1
                && list.getFirst() instanceof AndExpression and) {
            collect(and, conjuncts);
        } else if (condition != null) {
            conjuncts.add(condition);
        }
    }
}
