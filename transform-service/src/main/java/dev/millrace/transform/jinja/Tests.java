package dev.millrace.transform.jinja;

import java.math.BigInteger;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** Jinja's tests, as in {@code x is defined}. */
final class Tests {

    private static final Map<String, BiPredicate<Object, Arguments>> BY_NAME = new HashMap<>();

    static {
        BY_NAME.put("defined", (value, arguments) -> !(value instanceof Undefined));
        BY_NAME.put("undefined", (value, arguments) -> value instanceof Undefined);
        simple("none", value -> value == None.NONE);
        simple("boolean", Boolean.class::isInstance);
        simple("true", value -> value.equals(true));
        simple("false", value -> value.equals(false));
        simple("integer", value -> value instanceof Long || value instanceof BigInteger);
        simple("float", Double.class::isInstance);
        simple("number", Values::isNumber);
        simple("string", String.class::isInstance);
        simple("mapping", value -> value instanceof Map || value instanceof MappingValue);
        simple("sequence", Tests::isSequence);
        simple("iterable", value -> isSequence(value) || isIterable(value));
        simple("callable", value -> value instanceof Invocable || value instanceof Undefined);
        simple("escaped", value -> false);
        simple("odd", value -> modulo(value, 2L).equals(1L));
        simple("even", value -> modulo(value, 2L).equals(0L));
        simple("lower", value -> Casing.isLower(Values.text(value)));
        simple("upper", value -> Casing.isUpper(Values.text(value)));
        BY_NAME.put(
                "divisibleby",
                (value, arguments) -> modulo(value, other(arguments, "divisibleby")).equals(0L));
        simple("test", value -> BY_NAME.containsKey(Values.text(value)));
        BY_NAME.put("in", (value, arguments) -> Elements.contains(other(arguments, "in"), value));
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
            case "in" -> Elements.contains(b, a);
            case "not in" -> !Elements.contains(b, a);
            default -> throw new IllegalStateException(operator);
        };
    }

    /** Not a number is neither less nor greater. */
    private static boolean ordered(Object a, Object b) {
        return !(a instanceof Double x && x.isNaN()) && !(b instanceof Double y && y.isNaN());
    }

    private static void simple(String name, Predicate<Object> predicate) {
        BY_NAME.put(name, (value, arguments) -> predicate.test(Values.usable(value)));
    }

    private static void comparison(String name, String longName, String operator) {
        BiPredicate<Object, Arguments> test =
                (value, arguments) ->
                        compare(operator, Values.usable(value), other(arguments, name));
        BY_NAME.put(name, test);
        BY_NAME.put(longName, test);
        BY_NAME.put(operator, test);
    }

    private static Object other(Arguments arguments, String name) {
        return arguments.bind(name, "other").get("other");
    }

    private static Object modulo(Object value, Object divisor) {
        if (!Values.isNumber(value) || !Values.isNumber(divisor)) {
            Values.requireDefined(value);
            Values.requireDefined(divisor);
            throw new JinjaException("the test is for numbers, not " + Values.typeName(value));
        }
        Object rest = Arithmetic.apply("%", value, divisor);
        return rest instanceof Double real && real == Math.rint(real) ? (long) (double) real : rest;
    }

    private static boolean isSequence(Object value) {
        return value instanceof List<?>
                || value instanceof Map<?, ?>
                || value instanceof String
                || value instanceof Undefined
                || (value instanceof HasElements && value instanceof HasItems);
    }

    private static boolean isIterable(Object value) {
        return value instanceof Collection<?> || value instanceof HasElements;
    }

    @SuppressWarnings("ReferenceEquality") // what the test is about
    private static boolean same(Object a, Object b) {
        return a == b;
    }
}
