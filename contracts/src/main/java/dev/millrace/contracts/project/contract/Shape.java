package dev.millrace.contracts.project.contract;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** What a value in a contract may look like; mistakes go to the value's own collector. */
@FunctionalInterface
interface Shape {

    void check(YamlValue value);

    Shape ANY = YamlValue::plain;
    Shape TEXT = scalar("text", value -> value instanceof String);
    Shape FLAG = scalar("true or false", value -> value instanceof Boolean);
    Shape NUMBER = scalar("a number", Shape::isNumber);
    Shape WHOLE = scalar("a whole number", Shape::isWhole);
    Shape COUNT =
            scalar(
                    "a whole number that is not negative",
                    value -> isWhole(value) && decimal(value).signum() >= 0);
    Shape POSITIVE =
            scalar("a number above 0", value -> isNumber(value) && decimal(value).signum() > 0);
    Shape SCALAR =
            value -> {
                if (!value.isScalar()) {
                    value.reject("expected one value, no list and no keys");
                }
            };

    /** The number that a value is, exactly as it is written where that can be. */
    static BigDecimal number(YamlValue value) {
        Object plain = value.plain();
        if (plain instanceof Double number) {
            try {
                return new BigDecimal(value.text().orElse(""));
            } catch (NumberFormatException e) {
                // YAML has other ways to write numbers, as 1_000.5.
                return isNumber(number) ? BigDecimal.valueOf(number) : BigDecimal.ZERO;
            }
        }
        return plain instanceof Number number ? decimal(number) : BigDecimal.ZERO;
    }

    private static boolean isNumber(Object value) {
        return value instanceof Number number && Double.isFinite(number.doubleValue());
    }

    private static boolean isWhole(Object value) {
        return isNumber(value) && decimal(value).stripTrailingZeros().scale() <= 0;
    }

    private static BigDecimal decimal(Object number) {
        return new BigDecimal(number.toString());
    }

    private static Shape scalar(String expected, Predicate<Object> test) {
        return value -> {
            Object plain = value.isScalar() ? value.plain() : null;
            if (plain == null || !test.test(plain)) {
                value.reject("expected " + expected + hint(expected, value));
            }
        };
    }

    private static String hint(String expected, YamlValue value) {
        if (value.isNull()) {
            return ", found nothing; leave the key out";
        }
        return expected.equals("text") && value.isScalar() ? "; quote it" : "";
    }

    static Shape choice(String... words) {
        List<String> known = List.of(words);
        return value -> {
            String word = value.isScalar() && value.plain() instanceof String text ? text : null;
            if (word == null) {
                value.reject("expected one of " + String.join(", ", known));
            } else if (!known.contains(word)) {
                value.reject(
                        "'%s' is not one of %s%s"
                                .formatted(
                                        word,
                                        String.join(", ", known),
                                        NearestName.hint(word, known)));
            }
        };
    }

    static Shape matching(String expression, String expected) {
        Predicate<String> matches = java.util.regex.Pattern.compile(expression).asMatchPredicate();
        return scalar(expected, value -> value instanceof String text && matches.test(text));
    }

    static Shape list(Shape item) {
        return list(item, 0);
    }

    static Shape list(Shape item, int least) {
        return value -> {
            if (!value.isList()) {
                value.reject("expected a list");
                return;
            }
            if (value.items().size() < least) {
                value.reject("expected a list of at least " + least);
            }
            value.items().forEach(item::check);
        };
    }

    /** A list of at least one item, of which no two are the same. */
    static Shape set(Shape item) {
        Shape items = list(item, 1);
        return value -> {
            items.check(value);
            List<Object> plain = new ArrayList<>();
            for (YamlValue each : value.items()) {
                Object found = each.plain();
                if (found != null && plain.contains(found)) {
                    each.reject("'" + found + "' stands there already");
                } else if (found != null) {
                    plain.add(found);
                }
            }
        };
    }

    /** Two different numbers. */
    static Shape pair() {
        Shape numbers = set(NUMBER);
        return value -> {
            numbers.check(value);
            if (value.isList() && value.items().size() != 2) {
                value.reject("expected two numbers, the lower one first");
            }
        };
    }

    /** A shape that contains itself. */
    static Shape later(Supplier<Shape> shape) {
        return value -> shape.get().check(value);
    }

    /** Either shape, told apart by whether the value is a list. */
    static Shape listOr(Shape list, Shape other) {
        return value -> (value.isList() ? list : other).check(value);
    }

    static Shape mapping() {
        return value -> {
            if (value.isMapping()) {
                value.plain();
            } else {
                value.reject("expected keys with values");
            }
        };
    }

    static Keys keys() {
        return new Keys(new LinkedHashMap<>(), new LinkedHashSet<>(), _ -> null);
    }

    /** The word at a key, or nothing. */
    static String word(YamlMapping mapping, String key) {
        YamlValue value = mapping.entries().get(key);
        return value != null && value.isScalar() && value.plain() instanceof String text
                ? text
                : "";
    }

    /** Keys of which no others may stand there. */
    record Keys(
            Map<String, Shape> keys,
            Set<String> required,
            Function<YamlMapping, @Nullable Keys> more)
            implements Shape {

        Keys with(Shape shape, String... names) {
            Map<String, Shape> all = new LinkedHashMap<>(keys);
            for (String name : names) {
                all.put(name, shape);
            }
            return new Keys(all, required, more);
        }

        Keys with(Keys others) {
            Map<String, Shape> all = new LinkedHashMap<>(keys);
            all.putAll(others.keys);
            Set<String> needed = new LinkedHashSet<>(required);
            needed.addAll(others.required);
            return new Keys(all, needed, more);
        }

        Keys requiring(String... names) {
            Set<String> needed = new LinkedHashSet<>(required);
            needed.addAll(List.of(names));
            return new Keys(keys, needed, more);
        }

        /** Further keys that depend on what the others say. */
        Keys and(Function<YamlMapping, @Nullable Keys> further) {
            return new Keys(keys, required, further);
        }

        @Override
        public void check(YamlValue value) {
            if (!value.isMapping()) {
                value.reject("expected keys with values");
                return;
            }
            YamlMapping mapping = value.mapping();
            Keys further = more.apply(mapping);
            Keys all = further == null ? this : with(further);
            all.keys.forEach(
                    (key, shape) -> {
                        mapping.take(key);
                        YamlValue found = mapping.entries().get(key);
                        if (found != null) {
                            shape.check(found);
                        }
                    });
            for (String key : all.required) {
                if (!mapping.entries().containsKey(key)) {
                    mapping.reject(key, "the key '" + key + "' is required here");
                }
            }
            mapping.rejectUnknown();
        }
    }
}
