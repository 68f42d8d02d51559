package dev.millrace.transform.model.context;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.manifest.Relation;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The part of {@code adapter} that asks or changes the warehouse. */
final class AdapterActions implements HasAttributes {

    /** All that {@link #attribute} knows. */
    static final Set<String> NAMES =
            Set.of(
                    "get_relation",
                    "load_relation",
                    "get_columns_in_relation",
                    "get_missing_columns",
                    "get_column_schema_from_query",
                    "expand_target_column_types",
                    "alter_column_type",
                    "list_relations",
                    "list_relations_without_caching",
                    "list_schemas",
                    "check_schema_exists",
                    "already_exists",
                    "create_schema",
                    "drop_schema",
                    "drop_relation",
                    "truncate_relation",
                    "rename_relation",
                    "valid_snapshot_target",
                    "assert_valid_snapshot_target_given_strategy",
                    "get_rows_different_sql");

    private final Warehouse warehouse;
    private final Catalogue catalogue;

    AdapterActions(Warehouse warehouse, String database) {
        this.warehouse = warehouse;
        this.catalogue = new Catalogue(warehouse, database);
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "get_relation" -> (Invocable) this::getRelation;
            case "load_relation" -> (Invocable) this::loadRelation;
            case "get_columns_in_relation" -> (Invocable) this::columns;
            case "get_missing_columns" -> (Invocable) this::missingColumns;
            case "get_column_schema_from_query" -> (Invocable) this::columnsOfQuery;
            case "expand_target_column_types" -> (Invocable) this::expand;
            case "alter_column_type" -> (Invocable) this::alterColumnType;
            case "list_relations", "list_relations_without_caching" -> (Invocable) this::relations;
            case "list_schemas" -> (Invocable) arguments -> new ListValue(catalogue.schemas());
            case "check_schema_exists" ->
                    (Invocable)
                            arguments ->
                                    catalogue.hasSchema(
                                            arguments
                                                    .bind(name, "database", "schema")
                                                    .text("schema"));
            case "already_exists" ->
                    (Invocable)
                            arguments -> {
                                Arguments.Bound bound = arguments.bind(name, "schema", "name");
                                return catalogue
                                        .find(bound.text("schema"), bound.text("name"))
                                        .isPresent();
                            };
            case "create_schema" -> schema(name, "CREATE SCHEMA IF NOT EXISTS ", "");
            case "drop_schema" -> schema(name, "DROP SCHEMA IF EXISTS ", " CASCADE");
            case "drop_relation" -> (Invocable) this::drop;
            case "truncate_relation" -> (Invocable) this::truncate;
            case "rename_relation" -> (Invocable) this::rename;
            case "valid_snapshot_target" -> (Invocable) this::checkSnapshot;
            case "assert_valid_snapshot_target_given_strategy" -> (Invocable) this::checkSnapshot;
            default -> null;
        };
    }

    private Object getRelation(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("adapter.get_relation", "database", "schema", "identifier");
        Object schema = bound.get("schema", None.NONE);
        Object identifier = bound.get("identifier", None.NONE);
        if (schema == None.NONE || identifier == None.NONE) {
            return None.NONE;
        }
        return orNone(catalogue.find(Values.text(schema), Values.text(identifier)));
    }

    private Object loadRelation(Arguments arguments) {
        Relation relation = relation(arguments, "adapter.load_relation");
        return orNone(catalogue.find(relation.name().schema(), relation.name().name()));
    }

    private static Object orNone(Optional<Relation> found) {
        return found.<Object>map(RelationValue::new).orElse(None.NONE);
    }

    private static Relation relation(Arguments arguments, String callee) {
        return RelationValue.of(arguments.bind(callee, "relation").get("relation"), callee);
    }

    private Object columns(Arguments arguments) {
        return new ListValue(
                catalogue.columns(relation(arguments, "adapter.get_columns_in_relation")));
    }

    private Object missingColumns(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("adapter.get_missing_columns", "from_relation", "to_relation");
        Set<String> there = new TreeSet<>();
        catalogue
                .columns(RelationValue.of(bound.get("to_relation"), "get_missing_columns"))
                .forEach(column -> there.add(column.name()));
        return new ListValue(
                catalogue
                        .columns(
                                RelationValue.of(bound.get("from_relation"), "get_missing_columns"))
                        .stream()
                        .filter(column -> !there.contains(column.name()))
                        .toList());
    }

    private Object columnsOfQuery(Arguments arguments) {
        String sql = arguments.bind("adapter.get_column_schema_from_query", "sql").text("sql");
        try {
            ListValue columns = new ListValue();
            for (Warehouse.TypedColumn column : warehouse.columns(sql)) {
                columns.add(new ColumnValue(column.name(), column.type(), null, null, null));
            }
            return columns;
        } catch (SQLException e) {
            throw new WarehouseException(e);
        }
    }

    /** Texts of a table are made as long as those of the rows that are to go into it. */
    private Object expand(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind(
                        "adapter.expand_target_column_types", "from_relation", "to_relation");
        Relation to = RelationValue.of(bound.get("to_relation"), "expand_target_column_types");
        List<ColumnValue> targets = catalogue.columns(to);
        for (ColumnValue column :
                catalogue.columns(
                        RelationValue.of(
                                bound.get("from_relation"), "expand_target_column_types"))) {
            for (ColumnValue target : targets) {
                boolean longer =
                        target.name().equals(column.name())
                                && target.characters() != null
                                && column.characters() != null
                                && column.characters() > target.characters();
                if (longer) {
                    run(
                            "ALTER TABLE "
                                    + to.path()
                                    + " ALTER COLUMN "
                                    + RelationName.quote(column.name())
                                    + " TYPE character varying("
                                    + column.characters()
                                    + ")");
                }
            }
        }
        return "";
    }

    private Object alterColumnType(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind(
                        "adapter.alter_column_type", "relation", "column_name", "new_column_type");
        run(
                "ALTER TABLE "
                        + RelationValue.of(bound.get("relation"), "alter_column_type").path()
                        + " ALTER COLUMN "
                        + RelationName.quote(bound.text("column_name"))
                        + " TYPE "
                        + bound.text("new_column_type"));
        return "";
    }

    private Object relations(Arguments arguments) {
        Object first =
                arguments.positional().isEmpty()
                        ? arguments.keywords().values().iterator().next()
                        : arguments.positional().getLast();
        String schema =
                first instanceof RelationValue value
                        ? value.relation().name().schema()
                        : Values.text(first);
        ListValue found = new ListValue();
        catalogue.in(schema).forEach(relation -> found.add(new RelationValue(relation)));
        return found;
    }

    private Invocable schema(String name, String head, String tail) {
        return arguments -> {
            Relation relation = relation(arguments, "adapter." + name);
            run(head + RelationName.quote(relation.name().schema()) + tail);
            return "";
        };
    }

    private Object drop(Arguments arguments) {
        Relation relation = relation(arguments, "adapter.drop_relation");
        String type =
                relation.type() == null
                        ? catalogue
                                .find(relation.name().schema(), relation.name().name())
                                .map(Relation::type)
                                .orElse("table")
                        : relation.type();
        run("DROP " + keyword(type) + " IF EXISTS " + relation.path() + " CASCADE");
        return "";
    }

    private Object truncate(Arguments arguments) {
        run("TRUNCATE TABLE " + relation(arguments, "adapter.truncate_relation").path());
        return "";
    }

    private Object rename(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("adapter.rename_relation", "from_relation", "to_relation");
        Relation from = RelationValue.of(bound.get("from_relation"), "adapter.rename_relation");
        Relation to = RelationValue.of(bound.get("to_relation"), "adapter.rename_relation");
        run(
                "ALTER "
                        + keyword(from.type() == null ? "table" : from.type())
                        + " "
                        + from.path()
                        + " RENAME TO "
                        + RelationName.quote(to.name().name()));
        return "";
    }

    private static String keyword(@Nullable String type) {
        return type == null
                ? "TABLE"
                : type.toUpperCase(Locale.ROOT).replace('_', ' ').replace("EXTERNAL", "TABLE");
    }

    private Object checkSnapshot(Arguments arguments) {
        Relation relation =
                RelationValue.of(
                        arguments.positional().getFirst(), "adapter.valid_snapshot_target");
        Set<String> names = new TreeSet<>();
        catalogue.columns(relation).forEach(c -> names.add(c.name().toLowerCase(Locale.ROOT)));
        Set<String> wanted =
                new TreeSet<>(
                        Set.of("dbt_scd_id", "dbt_valid_from", "dbt_valid_to", "dbt_updated_at"));
        wanted.removeAll(names);
        if (!wanted.isEmpty() && arguments.positional().size() < 2) {
            throw new JinjaException(
                    relation.path()
                            + " is no table of a snapshot: it has no column "
                            + String.join(", ", wanted));
        }
        return "";
    }

    private void run(String sql) {
        try {
            warehouse.execute(sql, false, null);
        } catch (SQLException e) {
            throw new WarehouseException(e);
        }
    }
}
