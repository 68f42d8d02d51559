package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.MappingValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.manifest.Quoting;
import dev.millrace.transform.model.manifest.Relation;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/**
 * A relation as templates have it: what {@code ref}, {@code source}, {@code this} and {@code
 * api.Relation.create} give. It prints as its name in SQL.
 */
public record RelationValue(Relation relation) implements MappingValue {

    /** Bytes of a name that PostgreSQL keeps. */
    private static final long MAX_NAME = 63;

    private static final String[] PARTS = {"database", "schema", "identifier"};

    /**
     * The relation of a template's value.
     *
     * @throws JinjaException if it is something else
     */
    public static Relation of(Object value, String callee) {
        if (value instanceof RelationValue found) {
            return found.relation();
        }
        throw new JinjaException(
                callee + " takes a relation, such as ref('x'), not " + Values.typeName(value));
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "database" -> text(relation.database());
            case "schema" -> text(relation.schema());
            case "identifier", "name", "table" -> text(relation.identifier());
            case "type" -> text(relation.type());
            case "limit" -> relation.limit() == null ? None.NONE : (Object) (long) relation.limit();
            case "is_table" -> "table".equals(relation.type());
            case "is_view" -> "view".equals(relation.type());
            case "is_cte" -> "cte".equals(relation.type());
            case "is_materialized_view" -> "materialized_view".equals(relation.type());
            case "is_pointer" -> false;
            case "relation_max_name_length" -> (Invocable) arguments -> MAX_NAME;
            case "can_be_renamed" ->
                    "table".equals(relation.type()) || "view".equals(relation.type());
            case "can_be_replaced" ->
                    "table".equals(relation.type()) || "view".equals(relation.type());
            case "quote_policy" -> policy(relation.quoting());
            case "include_policy" -> included();
            case "metadata" -> metadata();
            case "path" -> parts();
            case "render" -> (Invocable) arguments -> relation.path();
            case "include" -> (Invocable) this::include;
            case "quote" -> (Invocable) this::quote;
            case "incorporate" -> (Invocable) this::incorporate;
            case "replace_path" -> (Invocable) this::replacePath;
            case "matches" -> (Invocable) this::matches;
            case "without_identifier" ->
                    (Invocable) arguments -> new RelationValue(relation.withIdentifier(null));
            case "information_schema" -> (Invocable) this::informationSchema;
            case "quoted" ->
                    (Invocable)
                            arguments ->
                                    dev.millrace.contracts.warehouse.RelationName.quote(
                                            arguments.bind(name, "identifier").text("identifier"));
            case "get" ->
                    (Invocable)
                            arguments -> {
                                Arguments.Bound bound = arguments.bind(name, "key", "default");
                                Object found = attribute(bound.text("key"));
                                return found == null ? bound.get("default", None.NONE) : found;
                            };
            default -> null;
        };
    }

    private static Object text(@Nullable String text) {
        return text == null ? None.NONE : text;
    }

    /** What packages tell a relation by. */
    private static DictValue metadata() {
        DictValue dict = new DictValue();
        dict.put("type", "PostgresRelation");
        return dict;
    }

    private static DictValue policy(Quoting quoting) {
        DictValue dict = new DictValue();
        dict.put("database", quoting.database());
        dict.put("schema", quoting.schema());
        dict.put("identifier", quoting.identifier());
        return dict;
    }

    private DictValue included() {
        DictValue dict = new DictValue();
        dict.put("database", relation.database() != null);
        dict.put("schema", relation.schema() != null);
        dict.put("identifier", relation.identifier() != null);
        return dict;
    }

    private DictValue parts() {
        DictValue dict = new DictValue();
        dict.put("database", text(relation.database()));
        dict.put("schema", text(relation.schema()));
        dict.put("identifier", text(relation.identifier()));
        return dict;
    }

    private Object include(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("include", PARTS);
        return new RelationValue(
                new Relation(
                        bound.flag("database", relation.database() != null)
                                ? relation.database()
                                : null,
                        bound.flag("schema", relation.schema() != null) ? relation.schema() : null,
                        bound.flag("identifier", relation.identifier() != null)
                                ? relation.identifier()
                                : null,
                        relation.quoting(),
                        relation.type(),
                        relation.limit(),
                        relation.window()));
    }

    private Object quote(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("quote", PARTS);
        Quoting now = relation.quoting();
        return requoted(
                new Quoting(
                        bound.flag("database", now.database()),
                        bound.flag("schema", now.schema()),
                        bound.flag("identifier", now.identifier())));
    }

    private RelationValue requoted(Quoting quoting) {
        return new RelationValue(
                new Relation(
                        relation.database(),
                        relation.schema(),
                        relation.identifier(),
                        quoting,
                        relation.type(),
                        relation.limit(),
                        relation.window()));
    }

    private Object incorporate(Arguments arguments) {
        Relation result = relation;
        for (Map.Entry<String, Object> change : arguments.keywords().entrySet()) {
            Object value = change.getValue();
            result =
                    switch (change.getKey()) {
                        case "type" -> result.ofType(nullable(value));
                        case "path" ->
                                value instanceof Map<?, ?> map ? replaced(result, map) : result;
                        case "quote_policy", "include_policy", "limit" -> result;
                        default ->
                                throw new JinjaException(
                                        "incorporate() has no parameter '"
                                                + change.getKey()
                                                + "'; it takes type, path, quote_policy");
                    };
        }
        return new RelationValue(result);
    }

    private Object replacePath(Arguments arguments) {
        return new RelationValue(replaced(relation, arguments.keywords()));
    }

    private static Relation replaced(Relation relation, Map<?, ?> parts) {
        return new Relation(
                part(parts, "database", relation.database()),
                part(parts, "schema", relation.schema()),
                part(parts, "identifier", relation.identifier()),
                relation.quoting(),
                relation.type(),
                relation.limit(),
                relation.window());
    }

    private static @Nullable String part(Map<?, ?> parts, String name, @Nullable String old) {
        return parts.containsKey(name) ? nullable(parts.get(name)) : old;
    }

    private static @Nullable String nullable(@Nullable Object value) {
        return value == null || value == None.NONE ? null : Values.text(value);
    }

    private Object matches(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("matches", PARTS);
        return same(bound.textOrNull("database"), relation.database())
                && same(bound.textOrNull("schema"), relation.schema())
                && same(bound.textOrNull("identifier"), relation.identifier());
    }

    private static boolean same(@Nullable String asked, @Nullable String part) {
        return asked == null || asked.equals(part);
    }

    private Object informationSchema(Arguments arguments) {
        String view = arguments.bind("information_schema", "view_name").textOrNull("view_name");
        return new RelationValue(
                Relation.of(
                        relation.database(),
                        "information_schema",
                        view == null ? null : view.toLowerCase(java.util.Locale.ROOT),
                        new Quoting(relation.quoting().database(), false, false)));
    }

    @Override
    public String toString() {
        return relation.render();
    }
}
