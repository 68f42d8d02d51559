package dev.millrace.transform.jinja;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How Python writes values: {@code repr(value)}. */
final class Representation {

    private static final int MAX_DEPTH = 60;
    private static final int PLAIN_DIGITS = 16;

    private final StringBuilder out = new StringBuilder();

    private Representation() {}

    static String of(Object value) {
        Representation representation = new Representation();
        representation.write(value, 0);
        return representation.out.toString();
    }

    private void write(Object value, int depth) {
        if (depth > MAX_DEPTH) {
            out.append("..."); // also a list that holds itself
            return;
        }
        switch (value) {
            case None none -> out.append("None");
            case Boolean flag -> out.append(flag ? "True" : "False");
            case Double number -> out.append(real(number));
            case String text -> out.append(quoted(text));
            case TupleValue tuple -> {
                items(tuple.iterator(), '(', depth);
                out.append(tuple.size() == 1 ? ",)" : ")");
            }
            case List<?> list -> {
                items(list.iterator(), '[', depth);
                out.append(']');
            }
            case Set<?> set when set.isEmpty() -> out.append("set()");
            case Set<?> set -> {
                items(set.iterator(), '{', depth);
                out.append('}');
            }
            case Map<?, ?> map -> entries(map, depth);
            case Undefined undefined -> throw undefined.mistake();
            case Invocable function -> out.append("<function>");
            case Namespace namespace -> out.append("<Namespace>");
            default -> out.append(value);
        }
    }

    private void items(Iterator<?> items, char open, int depth) {
        out.append(open);
        while (items.hasNext()) {
            write(items.next(), depth + 1);
            if (items.hasNext()) {
                out.append(", ");
            }
        }
    }

    private void entries(Map<?, ?> map, int depth) {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            write(entry.getKey(), depth + 1);
            out.append(": ");
            write(entry.getValue(), depth + 1);
            separator = ", ";
        }
        out.append('}');
    }

    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder quoted = new StringBuilder(text.length() + 2).append(quote);
        text.codePoints()
                .forEach(
                        point -> {
                            switch (point) {
                                case '\n' -> quoted.append("\\n");
                                case '\r' -> quoted.append("\\r");
                                case '\t' -> quoted.append("\\t");
                                case '\\' -> quoted.append("\\\\");
                                default -> {
                                    if (point == quote) {
                                        quoted.append('\\').append(quote);
                                    } else if (point < ' ' || point == 0x7f) {
                                        quoted.append("\\x%02x".formatted(point));
                                    } else {
                                        quoted.appendCodePoint(point);
                                    }
                                }
                            }
                        });
        return quoted.append(quote).toString();
    }

    /** The fewest digits that give the number back, with an exponent where Python has one. */
    static String real(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal decimal = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        String digits = decimal.unscaledValue().abs().toString();
        int exponent = digits.length() - 1 - decimal.scale();
        String sign = number < 0 ? "-" : "";
        if (exponent < -4 || exponent >= PLAIN_DIGITS) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            return sign
                    + digits.charAt(0)
                    + fraction
                    + "e"
                    + (exponent < 0 ? "-" : "+")
                    + "%02d".formatted(Math.abs(exponent));
        }
        String plain = decimal.abs().toPlainString();
        return sign + (plain.contains(".") ? plain : plain + ".0");
    }
}
