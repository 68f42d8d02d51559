package dev.millrace.transform.materialization.live;

import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.PlainSelect;

import java.util.ArrayList;
import java.util.List;

/** What a {@code SELECT} may not have that is to be followed. */
final class LevelRules {

    private final PlainSelect select;
    private final int offset;

    LevelRules(PlainSelect select, int offset) {
        this.select = select;
        this.offset = offset;
    }

    void refuseClauses() throws RefusedException {
        if (select.getLimit() != null || select.getFetch() != null || select.getOffset() != null) {
            throw new RefusedException(
                    "LIMIT and OFFSET take rows by what all others are; leave them to who reads the"
                            + " model",
                    QueryReader.place(
                            select.getLimit() == null ? select : select.getLimit(), offset));
        }
        if (select.getForMode() != null || select.getIntoTables() != null) {
            throw new RefusedException("a model only selects", QueryReader.place(select, offset));
        }
        if (select.isUsingOnly() || select.getSampleClause() != null) {
            throw new RefusedException(
                    "ONLY and TABLESAMPLE are not followed",
                    QueryReader.place(select.getFromItem(), offset));
        }
        boolean takesFirst =
                select.getDistinct() != null && select.getDistinct().getOnSelectItems() != null;
        if (takesFirst && select.getOrderByElements() == null) {
            throw new RefusedException(
                    "DISTINCT ON without ORDER BY takes any row; say which is the first",
                    QueryReader.place(select, offset));
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
                throw new RefusedException(
                        "ROLLUP, CUBE, GROUPING SETS and GROUP BY ALL are not followed; make each"
                                + " grouping a live model",
                        QueryReader.place(select, offset));
            }
        }
    }

    void refuse(Scope scope, List<Source> sources) throws RefusedException {
        refuseSubQueries();
        refuseJoins(scope, sources);
    }

    /** What a sub-query outside FROM finds may change without any row here. */
    private void refuseSubQueries() throws RefusedException {
        List<String> texts = new ArrayList<>();
        select.getSelectItems().forEach(item -> texts.add(item.getExpression().toString()));
        texts.add(String.valueOf(select.getWhere()));
        texts.add(String.valueOf(select.getHaving()));
        texts.add(String.valueOf(select.getGroupBy()));
        for (Join join : select.getJoins() == null ? List.<Join>of() : select.getJoins()) {
            texts.add(String.valueOf(join.getOnExpressions()));
        }
        boolean found =
                texts.stream()
                        .flatMap(text -> Words.of(text).stream())
                        .anyMatch(word -> word.isKeyword("select"));
        if (found) {
            throw new RefusedException(
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
                throw new RefusedException(
                        "a join on what was computed from several rows is not followed; join on"
                                + " columns that the groups are made by",
                        QueryReader.place(join.getFromItem(), offset));
            }
        }
    }
}
