package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.live.LiveInputs.UnfitInputException;

import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.parser.ASTNodeAccess;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.LateralSubSelect;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SetOperationList;
import net.sf.jsqlparser.statement.select.TableFunction;
import net.sf.jsqlparser.statement.select.WithItem;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a query into its levels. Common table expressions are written into the places where they
 * are used, and tables get placeholders, so that each use of each table can be replaced by itself.
 */
final class QueryReader {

    private static final int MAX_CHARACTERS = 200_000;
    private static final int MAX_INPUTS = 32;

    private final LiveInputs known;
    private final List<LiveInput> inputs = new ArrayList<>();

    /** What can be named within the text of a shared expression. */
    private final IdentityHashMap<ParenthesedSelect, Map<String, Shared>> sharedScopes =
            new IdentityHashMap<>();

    private QueryReader(LiveInputs known) {
        this.known = known;
    }

    /** A query, whose tree is its reader's own to change. */
    record Query(Level top, List<LiveInput> inputs) {}

    private record Shared(String text, int offset, Alias alias, Map<String, Shared> scope) {}

    static Query read(String sql, LiveInputs known) throws RefusedException {
        if (sql.length() > MAX_CHARACTERS) {
            throw new RefusedException(
                    "it has more than %d characters; make it a table".formatted(MAX_CHARACTERS),
                    -1);
        }
        if (sql.contains("mr$input$")) {
            throw new RefusedException("names with mr$input$ are Millrace's own; use others", -1);
        }
        QueryReader reader = new QueryReader(known);
        Level top = reader.level(parse(sql, 0), 0, Map.of());
        return new Query(top, reader.inputs);
    }

    private static Select parse(String sql, int offset) throws RefusedException {
        Statement statement;
        try {
            statement = CCJSqlParserUtil.parse(sql);
        } catch (JSQLParserException e) {
            throw new RefusedException(
                    "this part of the query is not understood, so it cannot be followed; write it"
                            + " in another way, or make it a table",
                    place(e, offset));
        }
        if (statement instanceof Select select) {
            return select;
        }
        throw new RefusedException("a model is one SELECT", offset);
    }

    private static int place(JSQLParserException e, int offset) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ParseException parsing && parsing.currentToken != null) {
                return offset(offset, parsing.currentToken.next.absoluteBegin);
            }
        }
        return -1;
    }

    /** JSqlParser counts from 1. */
    private static int offset(int offset, int begin) {
        return offset < 0 || begin < 1 ? -1 : offset + begin - 1;
    }

    static int place(Object node, int offset) {
        return node instanceof ASTNodeAccess access
                        && access.getASTNode() != null
                        && access.getASTNode().jjtGetFirstToken() != null
                ? offset(offset, access.getASTNode().jjtGetFirstToken().absoluteBegin)
                : -1;
    }

    private Level level(Select select, int offset, Map<String, Shared> outer)
            throws RefusedException {
        if (select instanceof ParenthesedSelect inner && inner.getAlias() == null) {
            return level(inner.getSelect(), offset, outer);
        }
        if (select instanceof SetOperationList) {
            throw new RefusedException(
                    "UNION, INTERSECT and EXCEPT are not followed; make each part a live model and"
                            + " read them with a view",
                    place(select, offset));
        }
        if (!(select instanceof PlainSelect plain)) {
            throw new RefusedException(
                    "only SELECT … FROM … is followed; make it a table", place(select, offset));
        }
        Map<String, Shared> scope = shared(plain, offset, outer);
        plain.setWithItemsList(null);
        LevelReader reader = new LevelReader(plain, offset);
        new LevelRules(plain, offset).refuseClauses();
        List<Source> sources = sources(plain, offset, scope);
        return reader.read(sources);
    }

    private Map<String, Shared> shared(PlainSelect select, int offset, Map<String, Shared> outer)
            throws RefusedException {
        if (select.getWithItemsList() == null) {
            return outer;
        }
        Map<String, Shared> scope = new HashMap<>(outer);
        for (WithItem<?> item : select.getWithItemsList()) {
            if (item.isRecursive()) {
                throw new RefusedException(
                        "WITH RECURSIVE is not followed; make it a table", offset);
            }
            if (!(item.getParenthesedStatement() instanceof ParenthesedSelect body)) {
                throw new RefusedException("a model's WITH may only select", offset);
            }
            Alias alias = new Alias(item.getAliasName());
            if (item.getWithItemList() != null) {
                alias.addAliasColumns(
                        item.getWithItemList().stream()
                                .map(Object::toString)
                                .toArray(String[]::new));
            }
            scope.put(
                    Words.fold(item.getAliasName()),
                    new Shared(body.getSelect().toString(), -1, alias, new HashMap<>(scope)));
        }
        return scope;
    }

    private List<Source> sources(PlainSelect select, int offset, Map<String, Shared> scope)
            throws RefusedException {
        List<Source> sources = new ArrayList<>();
        if (select.getFromItem() == null) {
            throw new RefusedException(
                    "it reads no table, so there is nothing to follow; make it a table",
                    place(select, offset));
        }
        FromItem first = replaced(select.getFromItem(), offset, scope);
        select.setFromItem(first);
        sources.add(source(select, first, null, false, offset, scope));
        for (Join join : select.getJoins() == null ? List.<Join>of() : select.getJoins()) {
            Sources.refuse(join, offset);
            FromItem item = replaced(join.getFromItem(), offset, scope);
            join.setFromItem(item);
            sources.add(source(select, item, join, join.isLeft(), offset, scope));
        }
        return sources;
    }

    /** A shared expression is written out where it is used. */
    private FromItem replaced(FromItem item, int offset, Map<String, Shared> scope)
            throws RefusedException {
        if (!(item instanceof Table table) || table.getSchemaName() != null) {
            return item;
        }
        Shared shared = scope.get(Words.fold(table.getName()));
        if (shared == null) {
            throw new RefusedException(
                    "%s is named without its schema; use ref() or source()"
                            .formatted(table.getName()),
                    place(item, offset));
        }
        if (inputs.size() > MAX_INPUTS) {
            throw tooMany(offset);
        }
        ParenthesedSelect written = new ParenthesedSelect();
        written.setSelect(parse(shared.text(), shared.offset()));
        Alias alias = new Alias(shared.alias().getName());
        alias.setAliasColumns(shared.alias().getAliasColumns());
        if (table.getAlias() != null) {
            alias.setName(table.getAlias().getName());
            if (table.getAlias().getAliasColumns() != null) {
                alias.setAliasColumns(table.getAlias().getAliasColumns());
            }
        }
        written.setAlias(alias);
        sharedScopes.put(written, shared.scope());
        return written;
    }

    private Source source(
            PlainSelect select,
            FromItem item,
            @Nullable Join join,
            boolean isNullable,
            int offset,
            Map<String, Shared> scope)
            throws RefusedException {
        if (item.getPivot() != null
                || item.getUnPivot() != null
                || item.getSampleClause() != null) {
            throw new RefusedException(
                    "TABLESAMPLE takes other rows each time; leave it out", place(item, offset));
        }
        return switch (item) {
            case Table table -> input(select, table, join, isNullable, offset);
            case LateralSubSelect lateral ->
                    throw new RefusedException(
                            "LATERAL sub-queries are not followed; write a join",
                            place(lateral, offset));
            case ParenthesedSelect sub -> {
                Map<String, Shared> within = sharedScopes.get(sub);
                Level level =
                        level(
                                sub.getSelect(),
                                within == null ? offset : -1,
                                within == null ? scope : within);
                yield Sources.derived(sub, level, join, isNullable, offset);
            }
            case TableFunction function -> Sources.function(function, join, offset);
            default ->
                    throw new RefusedException(
                            "VALUES and joins in parentheses are not followed; write a sub-query,"
                                    + " or a seed",
                            place(item, offset));
        };
    }

    private Source input(
            PlainSelect select, Table table, @Nullable Join join, boolean isNullable, int offset)
            throws RefusedException {
        if (inputs.size() >= MAX_INPUTS) {
            throw tooMany(offset);
        }
        RelationName relation =
                new RelationName(Words.fold(table.getSchemaName()), Words.fold(table.getName()));
        LiveInput input;
        try {
            input = known.find(relation);
        } catch (UnfitInputException e) {
            throw new RefusedException(String.valueOf(e.getMessage()), place(table, offset));
        }
        int place = inputs.size();
        inputs.add(input);
        Alias alias = table.getAlias();
        if (alias == null) {
            alias = new Alias(RelationName.quote(relation.name()), true);
        }
        Table stand = new Table(LiveQuery.placeholder(place));
        stand.setAlias(alias);
        if (join == null) {
            select.setFromItem(stand);
        } else {
            join.setFromItem(stand);
        }
        List<String> names = new ArrayList<>(input.columns().keySet());
        Map<String, Output> columns = new LinkedHashMap<>();
        if (!Sources.columnsOf(alias).isEmpty()) {
            throw new RefusedException(
                    "columns of a table that are named in FROM change with the table; name them in"
                            + " SELECT",
                    place(table, offset));
        }
        for (String name : names) {
            columns.put(
                    name,
                    new Output(
                            name,
                            new net.sf.jsqlparser.schema.Column(RelationName.quote(name)),
                            "",
                            Grade.KEY,
                            false,
                            new Output.Base(place, name),
                            null));
        }
        return new Source(
                Words.fold(alias.getName()), stand, join, null, place, isNullable, false, columns);
    }

    private static RefusedException tooMany(int offset) {
        return new RefusedException(
                "it reads tables in more than %d places; make parts of it models of their own"
                        .formatted(MAX_INPUTS),
                offset);
    }
}
