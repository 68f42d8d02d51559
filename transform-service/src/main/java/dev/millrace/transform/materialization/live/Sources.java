package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;

import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.AllColumns;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.TableFunction;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What stands in FROM besides tables. */
final class Sources {

    private Sources() {}

    static void refuse(Join join, int offset) throws RefusedException {
        int place = QueryReader.place(join.getFromItem(), offset);
        if (join.isRight() || join.isFull()) {
            throw new RefusedException(
                    "%s JOIN is not followed; write it as LEFT JOIN from the other side"
                            .formatted(join.isRight() ? "RIGHT" : "FULL"),
                    place);
        }
        if (join.isNatural()) {
            throw new RefusedException(
                    "NATURAL JOIN changes with the columns of the tables; write ON or USING",
                    place);
        }
    }

    static Source derived(
            ParenthesedSelect sub, Level level, @Nullable Join join, boolean isNullable, int offset)
            throws RefusedException {
        if (sub.getAlias() == null) {
            throw new RefusedException("give the sub-query a name: (…) AS name", offset);
        }
        List<String> renamed = columnsOf(sub.getAlias());
        boolean hasStar =
                level.select().getSelectItems().stream()
                        .anyMatch(item -> item.getExpression() instanceof AllColumns);
        if (hasStar && !renamed.isEmpty()) {
            throw new RefusedException(
                    "%s names columns of a *, which change with the table; write them out"
                            .formatted(sub.getAlias().getName()),
                    offset);
        }
        Map<String, Output> columns = new LinkedHashMap<>();
        for (int i = 0; i < level.outputs().size(); i++) {
            Output output = level.outputs().get(i);
            String name = i < renamed.size() ? renamed.get(i) : output.name();
            if (!name.isEmpty()) {
                columns.put(name, output.named(name));
            }
        }
        return new Source(
                Words.fold(sub.getAlias().getName()),
                sub,
                join,
                level,
                -1,
                isNullable,
                false,
                columns);
    }

    /** Of the same row, whatever else there is. */
    static Source function(TableFunction function, @Nullable Join join, int offset)
            throws RefusedException {
        Alias alias = function.getAlias();
        if (alias == null) {
            throw new RefusedException(
                    "give the function in FROM a name: … AS name",
                    QueryReader.place(function, offset));
        }
        String name = Words.fold(alias.getName());
        List<String> named = columnsOf(alias);
        Map<String, Output> columns = new LinkedHashMap<>();
        for (String column : named.isEmpty() ? List.of(name) : named) {
            columns.put(
                    column,
                    new Output(
                            column,
                            new Column(RelationName.quote(column)),
                            "",
                            Grade.KEY,
                            false,
                            null,
                            null));
        }
        return new Source(name, function, join, null, -1, false, named.isEmpty(), columns);
    }

    static List<String> columnsOf(Alias alias) {
        return alias.getAliasColumns() == null
                ? List.of()
                : alias.getAliasColumns().stream().map(column -> Words.fold(column.name)).toList();
    }
}
