package dev.millrace.transform.jinja;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** Jinja's tests, as in {@code x is defined}. */
final class Tests {

    private static final Map<String, BiPredicate<Object, Arguments>> BY_NAME = new TreeMap<>();

    static {
        BY_NAME.put("defined", (value, arguments) -> !(value instanceof Undefined));
        BY_NAME.put("undefined", (value, arguments) -> value instanceof Undefined);
        simple("none", value -> value == None.NONE);
        simple("boolean", Boolean.class::isInstance);
        simple("true", value -> value.equals(true));
        simple("false", value -> value.equals(false));
        simple("integer", Long.class::isInstance);
        simple("float", Double.class::isInstance);
        simple("number", Values::isNumber);
        simple("string", String.class::isInstance);
        simple("mapping", Map.class::isInstance);
        simple("sequence", Tests::hasItems);
        simple("iterable", Tests::hasItems);
        simple("callable", Invocable.class::isInstance);
        simple("odd", value -> Math.floorMod(Values.integer(value), 2L) == 1);
        simple("even", value -> Math.floorMod(Values.integer(value), 2L) == 0);
        simple("lower", value -> is(value, Values.text(value).toLowerCase(Locale.ROOT)));
        simple("upper", value -> is(value, Values.text(value).toUpperCase(Locale.ROOT)));
        BY_NAME.put(
                "divisibleby",
                (value, arguments) -> {
                    long divisor = Values.integer(other(arguments, "divisibleby"));
                    if (divisor == 0) {
                        throw new JinjaException("division by zero");
                    }
                    return Values.integer(value) % divisor == 0;
                });
        BY_NAME.put("in", (value, arguments) -> Values.contains(other(arguments, "in"), value));
        BY_NAME.put(
                "sameas",
                (value, arguments) -> {
                    Object other = other(arguments, "sameas");
                    boolean immutable = !(value instanceof ListValue || value instanceof DictValue);
                    return same(value, other) || (immutable && value.equals(other));
                });
        comparison("eq", "equalto", "==");
        comparison("ne", "ne", "!=");
        comparison("lt", "lessthan", "<");
        comparison("gt", "greaterthan", ">");
        comparison("le", "le", "<=");
        comparison("ge", "ge", ">=");
    }

    private Tests() {}

    static Optional<BiPredicate<Object, Arguments>> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    static Set<String> names() {
        return BY_NAME.keySet();
    }

    /** {@code a operator b}, for the operators that compare. */
    static boolean compare(String operator, Object a, Object b) {
        return switch (operator) {
            case "==" -> Values.equal(a, b);
            case "!=" -> !Values.equal(a, b);
            case "<" -> ordered(a, b) && Values.compare(a, b) < 0;
            case "<=" -> ordered(a, b) && Values.compare(a, b) <= 0;
            case ">" -> ordered(a, b) && Values.compare(a, b) > 0;
            case ">=" -> ordered(a, b) && Values.compare(a, b) >= 0;
            case "in" -> Values.contains(b, a);
            case "not in" -> !Values.contains(b, a);
            default -> throw new IllegalStateException(operator);
        };
    }

    /** Not a number is neither less nor greater. */
    private static boolean ordered(Object a, Object b) {
        return !(a instanceof Double x && x.isNaN()) && !(b instanceof Double y && y.isNaN());
    }

    private static void simple(String name, Predicate<Object> predicate) {
        BY_NAME.put(name, (value, arguments) -> predicate.test(Values.requireDefined(value)));
    }

    private static void comparison(String name, String longName, String operator) {
        BiPredicate<Object, Arguments> test =
                (value, arguments) ->
                        compare(operator, Values.requireDefined(value), other(arguments, name));
        BY_NAME.put(name, test);
        BY_NAME.put(longName, test);
        BY_NAME.put(operator, test);
    }

    private static Object other(Arguments arguments, String name) {
        return arguments.bind(name, "other").get("other");
    }

    private static boolean hasItems(Object value) {
        return value instanceof Collection<?>
                || value instanceof Map<?, ?>
                || value instanceof String;
    }

    private static boolean is(Object value, String changed) {
        String text = Values.text(value);
        return text.equals(changed) && text.chars().anyMatch(Character::isLetter);
    }

    @SuppressWarnings("ReferenceEquality") // what the test is about
    private static boolean same(Object a, Object b) {
        return a == b;
    }
}
