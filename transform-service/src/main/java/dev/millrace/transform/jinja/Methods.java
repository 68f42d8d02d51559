package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where to find the methods of values. */
final class Methods {

    private final StringMethods strings;
    private final ListMethods lists;
    private final DictMethods dicts;
    private final SetMethods sets;

    Methods(Budget budget) {
        this.strings = new StringMethods(budget);
        this.lists = new ListMethods(budget);
        this.dicts = new DictMethods(budget);
        this.sets = new SetMethods(budget);
    }

    /** A method bound to its value; null if the value has none of this name. */
    @Nullable Invocable find(Object target, String name) {
        return switch (target) {
            case String text -> strings.find(text, name);
            case List<?> list -> lists.find(list, name);
            case Map<?, ?> map -> dicts.find(map, name);
            case Set<?> set -> sets.find(set, name);
            case Double number -> ofReal(number, name);
            case Long number -> ofWhole(BigInteger.valueOf(number), name);
            case BigInteger number -> ofWhole(number, name);
            default -> null;
        };
    }

    private static @Nullable Invocable ofReal(double number, String name) {
        return name.equals("is_integer")
                ? nothing(name, number == Math.rint(number) && !Double.isInfinite(number))
                : null;
    }

    private static @Nullable Invocable ofWhole(BigInteger number, String name) {
        return name.equals("bit_length") ? nothing(name, (long) number.abs().bitLength()) : null;
    }

    /** A method without arguments, with what it gives. */
    static Invocable nothing(String name, Object result) {
        return arguments -> {
            arguments.bind(name);
            return result;
        };
    }

    /** The one argument of a method. */
    static Object only(Arguments arguments, String method) {
        return arguments.bind(method, "value").get("value");
    }
}
