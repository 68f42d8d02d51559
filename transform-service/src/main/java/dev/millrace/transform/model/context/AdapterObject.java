package dev.millrace.transform.model.context;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.TupleValue;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.manifest.ProjectMacro;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code adapter} as it is on PostgreSQL. While the project is read there is no connection, and
 * what would need one gives what dbt gives then: nothing.
 */
final class AdapterObject implements HasAttributes {

    private static final Set<String> STRATEGIES =
            Set.of("append", "delete+insert", "merge", "microbatch");

    /** What there is to call with a connection; without one, an empty list. */
    private static final Set<String> LISTS =
            Set.of(
                    "get_columns_in_relation",
                    "get_missing_columns",
                    "get_column_schema_from_query",
                    "list_relations",
                    "list_relations_without_caching",
                    "list_schemas");

    private final Macros macros;
    private final String packageName;
    private final String database;
    private final @Nullable Warehouse warehouse;
    private final @Nullable AdapterActions actions;

    /**
     * @param warehouse the connection; null while the project is read
     */
    AdapterObject(
            Macros macros, String packageName, String database, @Nullable Warehouse warehouse) {
        this.macros = macros;
        this.packageName = packageName;
        this.database = database;
        this.warehouse = warehouse;
        this.actions = warehouse == null ? null : new AdapterActions(warehouse, database);
    }

    @Override
    public @Nullable Object attribute(String name) {
        Object known = always(name);
        if (known != null) {
            return known;
        }
        if (actions != null) {
            return actions.attribute(name);
        }
        return LISTS.contains(name)
                ? (Invocable) arguments -> new ListValue()
                : withoutConnection(name);
    }

    /** What needs no connection. */
    private @Nullable Object always(String name) {
        return switch (name) {
            case "dispatch" -> (Invocable) this::dispatch;
            case "type" -> (Invocable) arguments -> "postgres";
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
            case "quote_seed_column" -> (Invocable) AdapterObject::quoteSeedColumn;
            case "execute" -> (Invocable) this::execute;
            case "commit", "commit_if_has_connection" -> (Invocable) this::commit;
            case "get_incremental_strategy_macro" -> (Invocable) this::strategyMacro;
            case "valid_incremental_strategies" ->
                    (Invocable) arguments -> new ListValue(List.copyOf(STRATEGIES));
            case "builtin_incremental_strategies" ->
                    (Invocable) arguments -> new ListValue(List.copyOf(STRATEGIES));
            case "standardize_grants_dict" -> (Invocable) AdapterObject::standardizeGrants;
            case "parse_index" -> (Invocable) AdapterIndexes::parse;
            case "convert_type" -> (Invocable) arguments -> "text";
            case "render_raw_columns_constraints" -> (Invocable) Constraints::ofColumns;
            case "render_raw_model_constraints" -> (Invocable) Constraints::ofModel;
            case "verify_database" -> (Invocable) this::verifyDatabase;
            case "get_hard_deletes_behavior" -> (Invocable) AdapterObject::hardDeletes;
            case "has_feature", "supports" -> (Invocable) arguments -> false;
            case "cache_added",
                    "cache_dropped",
                    "cache_renamed",
                    "clear_cache",
                    "pre_model_hook",
                    "post_model_hook",
                    "nice_connection_name" ->
                    (Invocable) arguments -> "";
            case "Relation" -> new ApiObject.RelationApi(database);
            case "Column" -> new ApiObject.ColumnApi();
            default -> null;
        };
    }

    private static @Nullable Object withoutConnection(String name) {
        return switch (name) {
            case "check_schema_exists", "already_exists" -> (Invocable) arguments -> false;
            default ->
                    AdapterActions.NAMES.contains(name) ? (Invocable) arguments -> None.NONE : null;
        };
    }

    private Object dispatch(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("adapter.dispatch", "macro_name", "macro_namespace", "packages");
        ProjectMacro macro =
                macros.dispatch(
                        bound.text("macro_name"), bound.textOrNull("macro_namespace"), packageName);
        return macro.definition();
    }

    private Object execute(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("adapter.execute", "sql", "auto_begin", "fetch", "limit");
        if (warehouse == null) {
            return new TupleValue(List.of("", new ListValue()));
        }
        try {
            if (bound.flag("auto_begin", false)) {
                warehouse.begin();
            }
            Object limit = bound.get("limit", None.NONE);
            Warehouse.Answer answer =
                    warehouse.execute(
                            bound.text("sql"),
                            bound.flag("fetch", false),
                            limit instanceof Long rows ? Math.toIntExact(rows) : null);
            return new TupleValue(
                    List.of(
                            new Results.Response(answer.message(), answer.code(), answer.rows()),
                            answer.table()));
        } catch (SQLException e) {
            throw new WarehouseException(e);
        }
    }

    private Object commit(Arguments arguments) {
        if (warehouse != null) {
            try {
                warehouse.commit();
            } catch (SQLException e) {
                throw new WarehouseException(e);
            }
        }
        return "";
    }

    private Object strategyMacro(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind(
                        "adapter.get_incremental_strategy_macro", "model_context", "strategy");
        String strategy = bound.text("strategy").replace("+", "_");
        String name = "get_incremental_" + strategy + "_sql";
        ProjectMacro macro = macros.find(name, packageName);
        if (macro == null) {
            throw new JinjaException(
                    "there is no incremental strategy '"
                            + bound.text("strategy")
                            + "': the macro "
                            + name
                            + " is missing");
        }
        return macro.definition();
    }

    private Object verifyDatabase(Arguments arguments) {
        String asked = arguments.bind("verify_database", "database").text("database");
        if (!asked.equalsIgnoreCase(database)) {
            throw new JinjaException(
                    "PostgreSQL reaches one database at a time, '"
                            + database
                            + "'; '"
                            + asked
                            + "' is another");
        }
        return "";
    }

    private static Object quoteSeedColumn(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("adapter.quote_seed_column", "column", "quote_config");
        Object quoted = bound.get("quote_config", None.NONE);
        return quoted == None.NONE || Values.truth(quoted)
                ? RelationName.quote(bound.text("column"))
                : bound.text("column");
    }

    private static Object standardizeGrants(Arguments arguments) {
        Object table =
                arguments.bind("standardize_grants_dict", "grants_table").get("grants_table");
        DictValue grants = new DictValue();
        Object rows = table instanceof HasAttributes found ? found.attribute("rows") : table;
        if (rows instanceof Iterable<?> several) {
            for (Object row : several) {
                if (row instanceof Iterable<?> values) {
                    java.util.Iterator<?> each = values.iterator();
                    String grantee = Values.text(each.next());
                    String privilege = Values.text(each.next());
                    if (grants.computeIfAbsent(privilege, key -> new ListValue())
                            instanceof ListValue grantees) {
                        grantees.add(grantee);
                    }
                }
            }
        }
        return grants;
    }

    private static Object hardDeletes(Arguments arguments) {
        Object settings = arguments.positional().getFirst();
        Object setting = None.NONE;
        Object legacy = false;
        if (settings instanceof Map<?, ?> map) {
            setting = map.containsKey("hard_deletes") ? map.get("hard_deletes") : None.NONE;
            legacy =
                    map.containsKey("invalidate_hard_deletes")
                            && Values.truth(map.get("invalidate_hard_deletes"));
        } else if (settings instanceof ConfigObject config && config.settings() != null) {
            Object found = config.settings().get("hard_deletes");
            setting = found == null ? None.NONE : found;
            legacy = config.settings().flag("invalidate_hard_deletes", false);
        }
        if (setting != null && setting != None.NONE) {
            return setting;
        }
        return Values.truth(legacy) ? "invalidate" : "ignore";
    }
}
