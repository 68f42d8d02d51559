package dev.millrace.transform.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Writes values as JSON, with the separators that Python writes. */
public final class Json {

    private static final int MAX_DEPTH = 100;

    private final StringBuilder out = new StringBuilder();

    private final boolean sorted;
    private final int indent;

    private Json(boolean sorted, int indent) {
        this.sorted = sorted;
        this.indent = indent;
    }

    public static String write(Object value) {
        return new Json(false, -1).written(value);
    }

    /** With the keys of dicts in their order. */
    public static String writeSorted(Object value) {
        return new Json(true, -1).written(value);
    }

    /** As the filter {@code tojson} does: sorted, and to be put into HTML. */
    static String writeForHtml(Object value, int indent) {
        return new Json(true, indent)
                .written(value)
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("'", "\\u0027");
    }

    private String written(Object value) {
        value(value, 0);
        return out.toString();
    }

    private void value(Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new JinjaException("tojson: nested more than " + MAX_DEPTH + " deep");
        }
        switch (value) {
            case None none -> out.append("null");
            case Boolean flag -> out.append(flag.booleanValue());
            case Long number -> out.append(number.longValue());
            case BigInteger number -> out.append(Representation.of(number));
            case BigDecimal number -> out.append(number);
            case Double number -> out.append(real(number));
            case String text -> string(text);
            case Map<?, ?> map -> object(map, depth);
            case HasElements elements -> value(new ListValue(Elements.iterate(elements)), depth);
            case Set<?> set -> throw none(set);
            case DictView view -> throw none(view);
            case RangeValue range -> throw none(range);
            case Collection<?> items -> array(items, depth);
            case Undefined undefined -> throw undefined.mistake();
            default -> throw none(value);
        }
    }

    private static JinjaException none(Object value) {
        return new JinjaException("tojson: '" + Values.typeName(value) + "' is no JSON value");
    }

    private void object(Map<?, ?> map, int depth) {
        List<Object> keys = new ArrayList<>(map.keySet());
        if (sorted) {
            ListMethods.sort(keys, Values::compare);
        }
        out.append('{');
        String separator = "";
        for (Object key : keys) {
            out.append(separator);
            line(depth + 1);
            string(key(key));
            out.append(": ");
            value(Objects.requireNonNull(map.get(key)), depth + 1);
            separator = indent < 0 ? ", " : ",";
        }
        if (!keys.isEmpty()) {
            line(depth);
        }
        out.append('}');
    }

    private static String key(Object key) {
        return switch (key) {
            case String text -> text;
            case None none -> "null";
            case Boolean flag -> flag.toString();
            case Double number -> real(number);
            case Long number -> number.toString();
            case BigInteger number -> number.toString();
            default ->
                    throw new JinjaException(
                            "tojson: a key must be text, not " + Values.typeName(key));
        };
    }

    private void array(Collection<?> items, int depth) {
        out.append('[');
        String separator = "";
        for (Object item : items) {
            out.append(separator);
            line(depth + 1);
            value(item, depth + 1);
            separator = indent < 0 ? ", " : ",";
        }
        if (!items.isEmpty()) {
            line(depth);
        }
        out.append(']');
    }

    private void line(int depth) {
        if (indent >= 0) {
            out.append('\n').append(" ".repeat(indent * depth));
        }
    }

    private static String real(double number) {
        return Double.isNaN(number)
                ? "NaN"
                : Double.isInfinite(number)
                        ? (number > 0 ? "Infinity" : "-Infinity")
                        : Representation.real(number);
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ' || c > '~') {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
