package dev.millrace.transform.model;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.None;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** A column as templates see it. */
record StageColumn(String name, String dtype, Object size, Object precision, Object scale)
        implements HasAttributes {

    /** {@code api.Column}: makes columns, and names types. */
    static final class Type implements Invocable, HasAttributes {

        @Override
        public Object call(Arguments arguments) {
            Arguments.Bound bound =
                    arguments.bind(
                            "Column",
                            "column",
                            "dtype",
                            "char_size",
                            "numeric_precision",
                            "numeric_scale");
            return new StageColumn(
                    bound.text("column"),
                    bound.text("dtype"),
                    bound.get("char_size", None.NONE),
                    bound.get("numeric_precision", None.NONE),
                    bound.get("numeric_scale", None.NONE));
        }

        @Override
        public @Nullable Object attribute(String name) {
            return switch (name) {
                case "translate_type" ->
                        (Invocable)
                                arguments -> {
                                    Object type = arguments.positional().getFirst();
                                    return type.equals("string") ? "TEXT" : type;
                                };
                case "numeric_type" ->
                        (Invocable)
                                arguments -> {
                                    List<Object> given = arguments.positional();
                                    return "%s(%s,%s)".formatted(given.toArray());
                                };
                default -> null;
            };
        }
    }

    private boolean isText() {
        return List.of("text", "character varying", "character").contains(dtype);
    }

    private long length() {
        return size instanceof Long length ? length : 256;
    }

    private String dataType() {
        if (dtype.startsWith("character") && size instanceof Long length) {
            return "character varying(" + length + ")";
        }
        return dtype.equals("numeric") && precision instanceof Long
                ? "numeric(%s,%s)".formatted(precision, scale)
                : dtype;
    }

    @Override
    public @Nullable Object attribute(String attribute) {
        return switch (attribute) {
            case "name", "column" -> name;
            case "dtype" -> dtype;
            case "quoted" -> '"' + name + '"';
            case "data_type", "expanded_data_type" -> dataType();
            case "can_expand_to" ->
                    (Invocable)
                            arguments -> {
                                StageColumn other =
                                        (StageColumn)
                                                arguments
                                                        .bind(attribute, "other_column")
                                                        .get("other_column");
                                return isText() && other.isText() && other.length() > length();
                            };
            default -> null;
        };
    }

    @Override
    public String toString() {
        return "<Column " + name + " (" + dataType() + ")>";
    }
}
