package dev.millrace.transform.model;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A relation as templates see it: what it has no part of is None there and null here. */
record StageRelation(
        @Nullable String database,
        @Nullable String schema,
        @Nullable String identifier,
        @Nullable String type)
        implements HasAttributes {

    private static final long LONGEST_NAME = 63;

    static StageRelation table(String schema, String name) {
        return new StageRelation(null, schema, name, "table");
    }

    static StageRelation view(String schema, String name) {
        return new StageRelation(null, schema, name, "view");
    }

    /** {@code api.Relation.create(…)}. */
    static Object create(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("create", "database", "schema", "identifier", "type");
        return new StageRelation(
                bound.textOrNull("database"),
                bound.textOrNull("schema"),
                bound.textOrNull("identifier"),
                bound.textOrNull("type"));
    }

    private Object incorporate(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("incorporate", "path", "type");
        Map<?, ?> path = (Map<?, ?>) bound.get("path", Map.of());
        return new StageRelation(
                part(path, "database", database),
                part(path, "schema", schema),
                part(path, "identifier", identifier),
                bound.find("type").isPresent() ? bound.textOrNull("type") : type);
    }

    private static @Nullable String part(Map<?, ?> path, String name, @Nullable String otherwise) {
        Object given = path.get(name);
        return given == null ? otherwise : given == None.NONE ? null : (String) given;
    }

    private Object include(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("include", "database", "schema", "identifier");
        return new StageRelation(
                bound.flag("database", true) ? database : null,
                bound.flag("schema", true) ? schema : null,
                bound.flag("identifier", true) ? identifier : null,
                type);
    }

    @Override
    public @Nullable Object attribute(String attribute) {
        return switch (attribute) {
            case "database" -> Values.of(database);
            case "schema" -> Values.of(schema);
            case "identifier", "name", "table" -> Values.of(identifier);
            case "type" -> Values.of(type);
            case "is_table" -> "table".equals(type);
            case "is_view" -> "view".equals(type);
            case "is_materialized_view" -> "materialized_view".equals(type);
            case "can_be_renamed", "can_be_replaced" -> "table".equals(type) || "view".equals(type);
            case "relation_max_name_length" -> (Invocable) arguments -> LONGEST_NAME;
            case "render" -> (Invocable) arguments -> toString();
            case "include" -> (Invocable) this::include;
            case "incorporate" -> (Invocable) this::incorporate;
            case "without_identifier" ->
                    (Invocable) arguments -> new StageRelation(database, schema, null, type);
            case "information_schema" ->
                    (Invocable)
                            arguments ->
                                    "information_schema."
                                            + arguments.bind(attribute, "view").text("view");
            default -> null;
        };
    }

    @Override
    public String toString() {
        return Stream.of(database, schema, identifier)
                .filter(Objects::nonNull)
                .map(RelationName::quote)
                .collect(Collectors.joining("."));
    }
}
