package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Python's view of values: what is true, equal, less, and how it is written. */
public final class Values {

    /** Below, whole and real numbers are the same. */
    private static final double EXACT = 0x1p53;

    private Values() {}

    /** Turns a value of Java into one of templates: null becomes None, int becomes long. */
    public static Object of(@Nullable Object value) {
        return switch (value) {
            case null -> None.NONE;
            case Integer number -> number.longValue();
            case Short number -> number.longValue();
            case Float number -> number.doubleValue();
            case BigInteger number -> Arithmetic.simplest(number);
            case ListValue list -> list;
            case TupleValue tuple -> tuple;
            case SetValue set -> set;
            case DictValue dict -> dict;
            case Map<?, ?> map -> {
                DictValue dict = new DictValue();
                map.forEach((key, item) -> dict.put(of(key), of(item)));
                yield dict;
            }
            case Collection<?> items -> {
                ListValue list = new ListValue();
                items.forEach(item -> list.add(of(item)));
                yield list;
            }
            default -> value;
        };
    }

    /** Turns a value of templates into plain Java: None becomes null, a tuple a list. */
    public static @Nullable Object plain(Object value) {
        return switch (value) {
            case None none -> null;
            case Map<?, ?> map -> {
                Map<Object, @Nullable Object> plain = new java.util.LinkedHashMap<>();
                map.forEach((key, item) -> plain.put(text(key), plain(item)));
                yield plain;
            }
            case Collection<?> items -> {
                List<@Nullable Object> plain = new ArrayList<>();
                items.forEach(item -> plain.add(plain(item)));
                yield plain;
            }
            case HasElements elements -> plain(new ListValue(Elements.iterate(elements)));
            case Undefined undefined -> throw undefined.mistake();
            default -> value;
        };
    }

    /** Whether a value is one, and not what an unknown name gives. */
    public static boolean isDefined(Object value) {
        return !(value instanceof Undefined);
    }

    static Object requireDefined(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.mistake();
        }
        return value;
    }

    /** For a value that is only passed on: a mistake if even that is one. */
    static Object usable(Object value) {
        if (value instanceof Undefined undefined && !undefined.empty()) {
            throw undefined.mistake();
        }
        return value;
    }

    public static boolean truth(Object value) {
        return switch (value) {
            case Boolean flag -> flag;
            case None none -> false;
            case String text -> !text.isEmpty();
            case Long number -> number != 0;
            case Double number -> number != 0;
            case BigInteger number -> number.signum() != 0;
            case BigDecimal number -> number.signum() != 0;
            case Operand operand -> operand.truth();
            case HasElements elements -> elements.length() > 0;
            case Collection<?> items -> !items.isEmpty();
            case Map<?, ?> entries -> !entries.isEmpty();
            case Undefined undefined -> {
                if (!undefined.falsy()) {
                    throw undefined.mistake();
                }
                yield false;
            }
            default -> true;
        };
    }

    public static String typeName(Object value) {
        return switch (value) {
            case None none -> "None";
            case Boolean flag -> "bool";
            case String text -> "str";
            case Long number -> "int";
            case BigInteger number -> "int";
            case Double number -> "float";
            case BigDecimal number -> "Decimal";
            case TupleValue tuple -> "tuple";
            case RangeValue range -> "range";
            case DictView view -> view.kind();
            case List<?> list -> "list";
            case Set<?> set -> "set";
            case Map<?, ?> map -> "dict";
            case Operand operand -> operand.typeName();
            case Invocable function -> "function";
            case Undefined undefined -> "undefined";
            default -> "object";
        };
    }

    /** {@code str(value)}. */
    public static String text(Object value) {
        return switch (value) {
            case String text -> text;
            case Undefined undefined -> {
                usable(undefined);
                yield "";
            }
            case BigDecimal number -> number.toString();
            case Operand operand -> operand.toString();
            default -> Representation.of(value);
        };
    }

    /** {@code repr(value)}. */
    public static String representation(Object value) {
        return Representation.of(value);
    }

    /** {@code a + b}. */
    public static Object sum(Object a, Object b) {
        return new Operators(new Budget(Limits.DEFAULT)).apply("+", a, b);
    }

    /** What {@code for} goes through: items, keys of a dict, characters of a text. */
    public static List<Object> iterate(Object value) {
        return Elements.iterate(value);
    }

    static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Boolean || value instanceof BigInteger;
    }

    static boolean isNumber(Object value) {
        return isInteger(value) || value instanceof Double || value instanceof BigDecimal;
    }

    static long integer(Object value) {
        return switch (value) {
            case Long number -> number;
            case Boolean flag -> flag ? 1 : 0;
            case BigInteger number ->
                    throw new JinjaException("the number " + number + " is too large here");
            case Undefined undefined -> throw undefined.mistake();
            default ->
                    throw new JinjaException(
                            "a whole number is needed here, not " + typeName(value));
        };
    }

    static double real(Object value) {
        return switch (value) {
            case Double number -> number;
            case BigInteger number -> number.doubleValue();
            case BigDecimal number -> number.doubleValue();
            default -> integer(value);
        };
    }

    /** {@code a == b}. */
    public static boolean equal(Object a, Object b) {
        if (a instanceof String) {
            return a.equals(b);
        }
        if (isNumber(a) && isNumber(b)) {
            return !isNaN(a) && !isNaN(b) && compareNumbers(a, b) == 0;
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            if (!sameKind(left, right) || left.size() != right.size()) {
                return false;
            }
            for (int i = 0; i < left.size(); i++) {
                if (!equal(left.get(i), right.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (a instanceof Map<?, ?> left && b instanceof Map<?, ?> right) {
            return left.size() == right.size()
                    && left.entrySet().stream()
                            .allMatch(
                                    entry -> {
                                        Object other = right.get(entry.getKey());
                                        return other != null && equal(entry.getValue(), other);
                                    });
        }
        return Objects.equals(a, b);
    }

    /** Python's order; a mistake for values that have none, such as a number and a text. */
    public static int compare(Object a, Object b) {
        if (isNumber(a) && isNumber(b)) {
            return compareNumbers(a, b);
        }
        if (a instanceof String left && b instanceof String right) {
            return Texts.compareByCodePoint(left, right);
        }
        Integer order = orderByOperands(a, b);
        if (order != null) {
            return order;
        }
        if (a instanceof List<?> left
                && b instanceof List<?> right
                && sameKind(left, right)
                && !(a instanceof RangeValue)) {
            for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
                if (!equal(left.get(i), right.get(i))) {
                    return compare(left.get(i), right.get(i));
                }
            }
            return Integer.compare(left.size(), right.size());
        }
        requireDefined(a);
        requireDefined(b);
        throw new JinjaException(
                "'" + typeName(a) + "' and '" + typeName(b) + "' have no order between them");
    }

    private static @Nullable Integer orderByOperands(Object a, Object b) {
        Integer order = a instanceof Operand operand ? operand.order(b) : null;
        if (order == null && b instanceof Operand operand) {
            Integer reversed = operand.order(a);
            return reversed == null ? null : -reversed;
        }
        return order;
    }

    private static boolean sameKind(List<?> a, List<?> b) {
        return a instanceof TupleValue == b instanceof TupleValue
                && a instanceof RangeValue == b instanceof RangeValue;
    }

    private static int compareNumbers(Object a, Object b) {
        if (a instanceof Long left && b instanceof Long right) {
            return Long.compare(left, right);
        }
        double left = real(a);
        double right = real(b);
        boolean small = Math.abs(left) < EXACT && Math.abs(right) < EXACT;
        boolean decimal = a instanceof BigDecimal || b instanceof BigDecimal;
        if ((small && !decimal) || isUnbounded(a) || isUnbounded(b)) {
            // Adding 0.0 makes -0.0 the same as 0.0.
            return Double.compare(left + 0.0, right + 0.0);
        }
        return Arithmetic.exact(a).compareTo(Arithmetic.exact(b));
    }

    private static boolean isUnbounded(Object value) {
        return value instanceof Double number && !Double.isFinite(number);
    }

    private static boolean isNaN(Object value) {
        return value instanceof Double number && number.isNaN();
    }
}
