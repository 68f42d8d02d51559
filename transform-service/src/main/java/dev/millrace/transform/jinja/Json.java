package dev.millrace.transform.jinja;

import java.util.Collection;
import java.util.Map;

/** Writes values as JSON, with the separators that Python writes. */
public final class Json {

    private static final int MAX_DEPTH = 100;

    private final StringBuilder out = new StringBuilder();

    private Json() {}

    public static String write(Object value) {
        Json json = new Json();
        json.value(value, 0);
        return json.out.toString();
    }

    private void value(Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new JinjaException("tojson: nested more than " + MAX_DEPTH + " deep");
        }
        switch (value) {
            case None none -> out.append("null");
            case Boolean flag -> out.append(flag.booleanValue());
            case Long number -> out.append(number.longValue());
            case Double number -> out.append(Representation.real(number));
            case String text -> string(text);
            case Map<?, ?> map -> {
                out.append('{');
                String separator = "";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    out.append(separator);
                    string(Values.text(entry.getKey()));
                    out.append(": ");
                    value(entry.getValue(), depth + 1);
                    separator = ", ";
                }
                out.append('}');
            }
            case Collection<?> items -> {
                out.append('[');
                String separator = "";
                for (Object item : items) {
                    out.append(separator);
                    value(item, depth + 1);
                    separator = ", ";
                }
                out.append(']');
            }
            case Undefined undefined -> throw undefined.mistake();
            default ->
                    throw new JinjaException(
                            "tojson: '" + Values.typeName(value) + "' is no JSON value");
        }
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
