package dev.millrace.transform.model.context;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.None;

import org.jspecify.annotations.Nullable;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A column as templates have it: what {@code adapter.get_columns_in_relation} gives.
 *
 * @param dtype type without its length or precision
 * @param characters length of a text; null if it has none
 * @param precision digits of a number; null if it has no limit
 * @param scale digits behind the point; null if it has no limit
 */
record ColumnValue(
        String name,
        String dtype,
        @Nullable Long characters,
        @Nullable Long precision,
        @Nullable Long scale)
        implements HasAttributes {

    private static final Set<String> TEXT =
            Set.of("text", "character varying", "character", "varchar");
    private static final Set<String> FLOAT =
            Set.of("real", "float4", "float", "double precision", "float8", "double");
    private static final Set<String> INTEGER =
            Set.of(
                    "smallint",
                    "integer",
                    "bigint",
                    "smallserial",
                    "serial",
                    "bigserial",
                    "int2",
                    "int4",
                    "int8",
                    "serial2",
                    "serial4",
                    "serial8");

    /** The words that dbt has for types of PostgreSQL. */
    private static final Map<String, String> LABELS =
            Map.of("STRING", "TEXT", "TIMESTAMP", "TIMESTAMP", "FLOAT", "FLOAT", "INTEGER", "INT");

    @Override
    public @Nullable Object attribute(String attribute) {
        return switch (attribute) {
            case "name", "column" -> name;
            case "dtype" -> dtype;
            case "char_size" -> number(characters);
            case "numeric_precision" -> number(precision);
            case "numeric_scale" -> number(scale);
            case "data_type", "expanded_data_type" -> dataType();
            case "quoted" -> RelationName.quote(name);
            case "is_string" -> (Invocable) arguments -> isText();
            case "is_number" -> (Invocable) arguments -> isNumeric() || isInteger() || isFloat();
            case "is_numeric" -> (Invocable) arguments -> isNumeric();
            case "is_integer" -> (Invocable) arguments -> isInteger();
            case "is_float" -> (Invocable) arguments -> isFloat();
            case "string_size" -> (Invocable) arguments -> characters == null ? 256L : characters;
            case "can_expand_to" -> (Invocable) this::canExpandTo;
            case "literal" ->
                    (Invocable)
                            arguments ->
                                    arguments.bind(attribute, "value").text("value")
                                            + "::"
                                            + dataType();
            default -> statics(attribute);
        };
    }

    /** What dbt's class of columns offers without one. */
    static @Nullable Object statics(String attribute) {
        return switch (attribute) {
            case "translate_type" ->
                    (Invocable)
                            arguments ->
                                    translate(arguments.bind(attribute, "dtype").text("dtype"));
            case "string_type" -> (Invocable) ColumnValue::textType;
            case "numeric_type" -> (Invocable) ColumnValue::numericType;
            case "create" ->
                    (Invocable)
                            arguments -> {
                                Arguments.Bound bound =
                                        arguments.bind(attribute, "name", "label_or_dtype");
                                return new ColumnValue(
                                        bound.text("name"),
                                        translate(bound.text("label_or_dtype")),
                                        null,
                                        null,
                                        null);
                            };
            default -> null;
        };
    }

    static ColumnValue of(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind(
                        "Column",
                        "column",
                        "dtype",
                        "char_size",
                        "numeric_precision",
                        "numeric_scale");
        return new ColumnValue(
                bound.text("column"),
                bound.text("dtype"),
                longOrNull(bound.get("char_size", None.NONE)),
                longOrNull(bound.get("numeric_precision", None.NONE)),
                longOrNull(bound.get("numeric_scale", None.NONE)));
    }

    private static @Nullable Long longOrNull(Object value) {
        return value instanceof Long number ? number : null;
    }

    static String translate(String type) {
        return LABELS.getOrDefault(type.toUpperCase(Locale.ROOT), type);
    }

    private static Object textType(Arguments arguments) {
        Object size = arguments.bind("string_type", "size").get("size", None.NONE);
        return size == None.NONE ? "text" : "character varying(" + size + ")";
    }

    private static Object numericType(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("numeric_type", "dtype", "precision", "scale");
        Object precision = bound.get("precision", None.NONE);
        Object scale = bound.get("scale", None.NONE);
        String type = bound.text("dtype");
        return precision == None.NONE || scale == None.NONE
                ? type
                : type + "(" + precision + "," + scale + ")";
    }

    private static Object number(@Nullable Long number) {
        return number == null ? None.NONE : number;
    }

    /** The type as SQL has it. */
    public String dataType() {
        if (isText()) {
            return dtype.equalsIgnoreCase("text") || characters == null
                    ? dtype.equalsIgnoreCase("text") ? dtype : "character varying"
                    : "character varying(" + characters + ")";
        }
        if (isNumeric() && precision != null && scale != null) {
            return dtype + "(" + precision + "," + scale + ")";
        }
        return dtype;
    }

    private boolean isText() {
        return TEXT.contains(dtype.toLowerCase(Locale.ROOT));
    }

    private boolean isNumeric() {
        return Set.of("numeric", "decimal").contains(dtype.toLowerCase(Locale.ROOT));
    }

    private boolean isInteger() {
        return INTEGER.contains(dtype.toLowerCase(Locale.ROOT));
    }

    private boolean isFloat() {
        return FLOAT.contains(dtype.toLowerCase(Locale.ROOT));
    }

    private Object canExpandTo(Arguments arguments) {
        Object other = arguments.bind("can_expand_to", "other_column").get("other_column");
        return other instanceof ColumnValue column
                && isText()
                && column.isText()
                && column.characters() != null
                && characters != null
                && column.characters() > characters;
    }

    @Override
    public String toString() {
        return "<Column " + name + " (" + dataType() + ")>";
    }
}
