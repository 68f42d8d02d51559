package dev.millrace.transform.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How Python writes values: {@code repr(value)}. */
final class Representation {

    private static final int MAX_DEPTH = 60;
    private static final int PLAIN_DIGITS = 16;
    private static final int MAX_BITS = 14_284; // 4300 digits

    private final StringBuilder out = new StringBuilder();

    /** The lists and dicts that are being written, as one may hold itself. */
    private final IdentityHashMap<Object, Object> open = new IdentityHashMap<>();

    private Representation() {}

    static String of(Object value) {
        Representation representation = new Representation();
        representation.write(value, 0);
        return representation.out.toString();
    }

    private void write(Object value, int depth) {
        boolean holder = value instanceof ListValue || value instanceof DictValue;
        if (depth > MAX_DEPTH || (holder && open.containsKey(value))) {
            out.append(value instanceof Map<?, ?> ? "{...}" : "[...]");
            return;
        }
        if (holder) {
            open.put(value, true);
        }
        writeOnce(value, depth);
        if (holder) {
            open.remove(value);
        }
    }

    private void writeOnce(Object value, int depth) {
        switch (value) {
            case None none -> out.append("None");
            case Boolean flag -> out.append(flag ? "True" : "False");
            case Double number -> out.append(real(number));
            case String text -> out.append(quoted(text));
            case TupleValue tuple -> {
                items(tuple.iterator(), '(', depth, "");
                out.append(tuple.size() == 1 ? ",)" : ")");
            }
            case RangeValue range -> out.append(range);
            case List<?> list -> {
                items(list.iterator(), '[', depth, "");
                out.append(']');
            }
            case Set<?> set when set.isEmpty() -> out.append("set()");
            case Set<?> set -> {
                items(set.iterator(), '{', depth, "");
                out.append('}');
            }
            case Map<?, ?> map -> entries(map, depth);
            case Undefined undefined -> {
                Values.usable(undefined);
                out.append("Undefined");
            }
            case BigInteger number -> out.append(digits(number));
            case BigDecimal number -> out.append("Decimal('").append(number).append("')");
            case DictView view -> {
                items(view.iterator(), '[', depth, view.kind() + "(");
                out.append("])");
            }
            case Operand operand -> out.append(operand.representation());
            case Invocable function -> out.append("<function>");
            case Namespace namespace -> out.append("<Namespace>");
            default -> out.append(value);
        }
    }

    /** As Python, which refuses what would take it long. */
    private static String digits(BigInteger number) {
        if (number.bitLength() > MAX_BITS) {
            throw new JinjaException("the number has too many digits to be written");
        }
        return number.toString();
    }

    private void items(Iterator<?> items, char open, int depth, String prefix) {
        out.append(prefix).append(open);
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
                                    } else if (!isPrintable(point)) {
                                        quoted.append(escape(point));
                                    } else {
                                        quoted.appendCodePoint(point);
                                    }
                                }
                            }
                        });
        return quoted.append(quote).toString();
    }

    private static String escape(int point) {
        return (point < 0x100 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x")
                .formatted(point);
    }

    static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            case Character.SPACE_SEPARATOR -> point == ' ';
            default -> true;
        };
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
