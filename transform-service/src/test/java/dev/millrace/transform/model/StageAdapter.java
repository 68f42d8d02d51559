package dev.millrace.transform.model;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.MacroDefinition;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code adapter}: the least of it that the macros need, on one connection. */
final class StageAdapter implements HasAttributes, AutoCloseable {

    private final Connection connection;
    private final List<String> executed = new ArrayList<>();
    private Map<String, MacroDefinition> macros = Map.of();

    StageAdapter(Connection connection) {
        this.connection = connection;
    }

    void dispatchTo(Map<String, MacroDefinition> candidates) {
        this.macros = candidates;
    }

    List<String> executed() {
        return executed;
    }

    List<String> rows(String sql) throws SQLException {
        return run(sql).stream()
                .map(
                        row ->
                                ((List<?>) row)
                                        .stream()
                                                .map(value -> value == None.NONE ? "null" : value)
                                                .map(String::valueOf)
                                                .collect(Collectors.joining("|")))
                .toList();
    }

    /** Runs statements, and gives the rows of the last that has any. */
    StageTable run(String sql) throws SQLException {
        StageTable table = new StageTable(List.of(), List.of());
        try (Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(sql);
            while (rows || statement.getUpdateCount() >= 0) {
                if (rows) {
                    try (ResultSet read = statement.getResultSet()) {
                        table = StageTable.of(read);
                    }
                }
                rows = statement.getMoreResults();
            }
        }
        return table;
    }

    private StageTable asked(String sql) {
        try {
            return run(sql);
        } catch (SQLException e) {
            throw new JinjaException(e.getMessage() + " in " + sql);
        }
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "dispatch" -> (Invocable) this::dispatch;
            case "quote" ->
                    (Invocable)
                            arguments ->
                                    RelationName.quote(
                                            arguments.bind(name, "identifier").text("identifier"));
            case "quote_as_configured" ->
                    (Invocable)
                            arguments ->
                                    RelationName.quote(
                                            arguments
                                                    .bind(name, "identifier", "quote_key")
                                                    .text("identifier"));
            case "type" -> (Invocable) arguments -> "postgres";
            case "execute" -> (Invocable) this::execute;
            case "get_relation" -> (Invocable) this::relation;
            case "get_columns_in_relation" ->
                    (Invocable)
                            arguments -> columns(arguments.bind(name, "relation").get("relation"));
            case "get_missing_columns" -> (Invocable) this::missing;
            case "get_column_schema_from_query" ->
                    (Invocable) arguments -> described(arguments.bind(name, "sql").text("sql"));
            case "drop_relation" ->
                    (Invocable)
                            arguments -> {
                                StageRelation relation =
                                        (StageRelation)
                                                arguments.bind(name, "relation").get("relation");
                                asked("drop " + relation.type() + " " + relation + " cascade");
                                return "";
                            };
            case "truncate_relation" ->
                    (Invocable)
                            arguments ->
                                    asked(
                                            "truncate "
                                                    + arguments
                                                            .bind(name, "relation")
                                                            .get("relation"));
            default -> StageDefinitions.find(name);
        };
    }

    private Object dispatch(Arguments arguments) {
        String name =
                arguments.bind("dispatch", "macro_name", "macro_namespace").text("macro_name");
        for (String prefix : List.of("postgres__", "default__")) {
            MacroDefinition macro = macros.get(prefix + name);
            if (macro != null) {
                return macro;
            }
        }
        throw new JinjaException("there is no macro for '" + name + "' to dispatch to");
    }

    private Object execute(Arguments arguments) {
        String sql = arguments.bind("execute", "sql", "auto_begin", "fetch", "limit").text("sql");
        executed.add(sql.strip().replaceAll("\\s+", " "));
        return new ListValue(List.of("OK", asked(sql)));
    }

    private Object relation(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("get_relation", "database", "schema", "identifier");
        String sql =
                """
                select relkind from pg_class join pg_namespace n on n.oid = relnamespace
                where nspname = '%s' and relname = '%s'\
                """
                        .formatted(bound.textOrNull("schema"), bound.text("identifier"));
        StageTable found = asked(sql);
        if (found.isEmpty()) {
            return None.NONE;
        }
        String type =
                switch (Values.text(((List<?>) found.get(0)).getFirst())) {
                    case "v" -> "view";
                    case "m" -> "materialized_view";
                    default -> "table";
                };
        return new StageRelation(null, bound.textOrNull("schema"), bound.text("identifier"), type);
    }

    private Object missing(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("get_missing_columns", "from_relation", "to_relation");
        List<String> present =
                ((List<?>) columns(bound.get("to_relation")))
                        .stream().map(column -> ((StageColumn) column).name()).toList();
        ListValue missing = new ListValue();
        for (Object column : (List<?>) columns(bound.get("from_relation"))) {
            if (!present.contains(((StageColumn) column).name())) {
                missing.add(column);
            }
        }
        return missing;
    }

    private Object described(String sql) {
        ListValue columns = new ListValue();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                columns.add(
                        new StageColumn(
                                rows.getMetaData().getColumnLabel(i),
                                rows.getMetaData().getColumnTypeName(i),
                                None.NONE,
                                None.NONE,
                                None.NONE));
            }
        } catch (SQLException e) {
            throw new JinjaException(e.getMessage() + " in " + sql);
        }
        return columns;
    }

    private Object columns(Object relation) {
        ListValue columns = new ListValue();
        for (Object row :
                asked(
                        """
                        select attname, format_type(atttypid, null),
                          case when atttypid = 'varchar'::regtype and atttypmod > 4
                            then atttypmod - 4 end
                        from pg_attribute
                        where attrelid = '%s'::regclass and attnum > 0 and not attisdropped
                        order by attnum\
                        """
                                .formatted(relation))) {
            List<?> values = (List<?>) row;
            columns.add(
                    new StageColumn(
                            Values.text(values.get(0)),
                            Values.text(values.get(1)),
                            values.get(2),
                            None.NONE,
                            None.NONE));
        }
        return columns;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
