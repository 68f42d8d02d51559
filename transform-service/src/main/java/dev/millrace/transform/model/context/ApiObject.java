package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.manifest.Quoting;
import dev.millrace.transform.model.manifest.Relation;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/** {@code api}: the classes of dbt that templates make objects of. */
record ApiObject(String database) implements HasAttributes {

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "Relation" -> new RelationApi(database);
            case "Column" -> new ColumnApi();
            default -> null;
        };
    }

    /** {@code api.Relation}. */
    record RelationApi(String database) implements HasAttributes {

        @Override
        public @Nullable Object attribute(String name) {
            return switch (name) {
                case "create" -> (Invocable) RelationApi::create;
                case "create_from", "create_from_node", "create_from_source" ->
                        (Invocable) RelationApi::createFrom;
                case "Table" -> "table";
                case "View" -> "view";
                case "CTE" -> "cte";
                case "MaterializedView" -> "materialized_view";
                case "External" -> "external";
                case "get_default_quote_policy", "get_default_include_policy" ->
                        (Invocable) arguments -> policy();
                default -> null;
            };
        }

        private static DictValue policy() {
            DictValue dict = new DictValue();
            dict.put("database", true);
            dict.put("schema", true);
            dict.put("identifier", true);
            return dict;
        }

        private static Object create(Arguments arguments) {
            Arguments.Bound bound =
                    arguments.bind(
                            "api.Relation.create",
                            "database",
                            "schema",
                            "identifier",
                            "type",
                            "quote_policy",
                            "include_policy",
                            "path",
                            "limit");
            Quoting quoting = Quoting.ALL;
            if (bound.get("quote_policy", None.NONE) instanceof Map<?, ?> policy) {
                quoting =
                        new Quoting(
                                flag(policy, "database"),
                                flag(policy, "schema"),
                                flag(policy, "identifier"));
            }
            return new RelationValue(
                    new Relation(
                            text(bound, "database"),
                            text(bound, "schema"),
                            text(bound, "identifier"),
                            quoting,
                            text(bound, "type"),
                            null));
        }

        private static boolean flag(Map<?, ?> policy, String part) {
            Object value = policy.get(part);
            return value == null || Values.truth(value);
        }

        private static @Nullable String text(Arguments.Bound bound, String name) {
            Object value = bound.get(name, None.NONE);
            return value == None.NONE ? null : Values.text(value);
        }

        private static Object createFrom(Arguments arguments) {
            Object node = arguments.positional().getLast();
            if (node instanceof RelationValue) {
                return node;
            }
            Map<?, ?> map = node instanceof Map<?, ?> found ? found : Map.of();
            return new RelationValue(
                    Relation.of(
                            part(map, "database"),
                            part(map, "schema"),
                            map.containsKey("alias") ? part(map, "alias") : part(map, "identifier"),
                            Quoting.ALL));
        }

        private static @Nullable String part(Map<?, ?> map, String name) {
            Object value = map.get(name);
            return value == null || value == None.NONE ? null : Values.text(value);
        }
    }

    /** {@code api.Column}. */
    record ColumnApi() implements HasAttributes, Invocable {

        @Override
        public Object call(Arguments arguments) {
            return ColumnValue.of(arguments);
        }

        @Override
        public @Nullable Object attribute(String name) {
            return ColumnValue.statics(name);
        }
    }
}
