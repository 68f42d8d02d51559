package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Python's view of values: what is true, equal, less, and how it is written. */
public final class Values {

    private Values() {}

    /** Turns a value of Java into one of templates: null becomes None, int becomes long. */
    public static Object of(@Nullable Object value) {
        return switch (value) {
            case null -> None.NONE;
            case Integer number -> number.longValue();
            case Short number -> number.longValue();
            case Float number -> number.doubleValue();
            case ListValue list -> list;
            case TupleValue tuple -> tuple;
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
            case Undefined undefined -> throw undefined.mistake();
            default -> value;
        };
    }

    static Object requireDefined(Object value) {
        if (value instanceof Undefined undefined) {
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
            case Double number -> "float";
            case TupleValue tuple -> "tuple";
            case List<?> list -> "list";
            case Set<?> set -> "set";
            case Map<?, ?> map -> "dict";
            case Invocable function -> "function";
            default -> "object";
        };
    }

    /** {@code str(value)}. */
    public static String text(Object value) {
        return switch (value) {
            case String text -> text;
            case Undefined undefined -> throw undefined.mistake();
            default -> Representation.of(value);
        };
    }

    static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Boolean;
    }

    static boolean isNumber(Object value) {
        return isInteger(value) || value instanceof Double;
    }

    static long integer(Object value) {
        return switch (value) {
            case Long number -> number;
            case Boolean flag -> flag ? 1 : 0;
            default ->
                    throw new JinjaException(
                            "a whole number is needed here, not " + typeName(value));
        };
    }

    static double real(Object value) {
        return value instanceof Double number ? number : integer(value);
    }

    static boolean equal(Object a, Object b) {
        if (isNumber(a) && isNumber(b)) {
            if (isInteger(a) && isInteger(b)) {
                return integer(a) == integer(b);
            }
            // Adding 0.0 makes -0.0 the same as 0.0.
            return !Double.isNaN(real(a)) && Double.compare(real(a) + 0.0, real(b) + 0.0) == 0;
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            boolean sameKind = a instanceof TupleValue == b instanceof TupleValue;
            if (!sameKind || left.size() != right.size()) {
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
    static int compare(Object a, Object b) {
        if (isNumber(a) && isNumber(b)) {
            return isInteger(a) && isInteger(b)
                    ? Long.compare(integer(a), integer(b))
                    : Double.compare(real(a) + 0.0, real(b) + 0.0);
        }
        if (a instanceof String left && b instanceof String right) {
            return compareByCodePoint(left, right);
        }
        if (a instanceof List<?> left
                && b instanceof List<?> right
                && a instanceof TupleValue == b instanceof TupleValue) {
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

    private static int compareByCodePoint(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char left = a.charAt(i);
            char right = b.charAt(i);
            if (left != right) {
                boolean bothOrNoneSurrogates =
                        Character.isSurrogate(left) == Character.isSurrogate(right);
                return bothOrNoneSurrogates
                        ? Character.compare(left, right)
                        : Character.isSurrogate(left) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** {@code item in container}. */
    static boolean contains(Object container, Object item) {
        return switch (container) {
            case String text when item instanceof String part -> text.contains(part);
            case Map<?, ?> map -> map.keySet().stream().anyMatch(key -> equal(key, item));
            case Collection<?> items -> items.stream().anyMatch(each -> equal(each, item));
            case Undefined undefined -> throw undefined.mistake();
            default ->
                    throw new JinjaException(
                            "'in' needs a text, list or dict on its right, and a text in a text;"
                                    + " found "
                                    + typeName(item)
                                    + " in "
                                    + typeName(container));
        };
    }

    /** What {@code for} goes through: items, keys of a dict, characters of a text. */
    static List<Object> iterate(Object value) {
        return switch (value) {
            case Collection<?> items -> new ArrayList<>(items);
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case String text -> characters(text);
            case Undefined undefined -> throw undefined.mistake();
            default ->
                    throw new JinjaException(
                            "'" + typeName(value) + "' has no items to go through");
        };
    }

    private static List<Object> characters(String text) {
        List<Object> characters = new ArrayList<>(text.length());
        text.codePoints().forEach(point -> characters.add(Character.toString(point)));
        return characters;
    }

    static long length(Object value) {
        return switch (value) {
            case Collection<?> items -> items.size();
            case Map<?, ?> map -> map.size();
            case String text -> text.codePointCount(0, text.length());
            case Undefined undefined -> throw undefined.mistake();
            default -> throw new JinjaException("'" + typeName(value) + "' has no length");
        };
    }
}
