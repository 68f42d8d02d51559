package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a call passes.
 *
 * @param positional values without a name
 * @param keywords values with a name, in their order
 */
public record Arguments(List<Object> positional, Map<String, Object> keywords) {

    public static Arguments of(Object... positional) {
        return new Arguments(List.of(positional), Map.of());
    }

    /** Arguments that are all passed by name. */
    static Arguments named(Map<?, Object> values) {
        Map<String, Object> keywords = new LinkedHashMap<>();
        values.forEach((key, value) -> keywords.put(Values.text(key), value));
        return new Arguments(List.of(), keywords);
    }

    /**
     * Gives each value its parameter, as Python does.
     *
     * @throws JinjaException if there are too many, or one has no parameter
     */
    public Bound bind(String callee, String... parameters) {
        if (positional.size() > parameters.length) {
            throw new JinjaException(
                    callee
                            + "() takes at most "
                            + parameters.length
                            + " arguments, got "
                            + positional.size());
        }
        Map<String, Object> bound = new LinkedHashMap<>();
        for (int i = 0; i < positional.size(); i++) {
            bound.put(parameters[i], positional.get(i));
        }
        keywords.forEach(
                (name, value) -> {
                    if (!List.of(parameters).contains(name)) {
                        throw new JinjaException(callee + "() has no parameter '" + name + "'");
                    }
                    if (bound.putIfAbsent(name, value) != null) {
                        throw new JinjaException(callee + "() got '" + name + "' twice");
                    }
                });
        bound.values().forEach(Values::usable);
        return new Bound(callee, bound);
    }

    /** Values by the names of their parameters. */
    public record Bound(String callee, Map<String, Object> values) {

        public Optional<Object> find(String name) {
            return Optional.ofNullable(values.get(name));
        }

        public Object get(String name) {
            return find(name)
                    .orElseThrow(
                            () ->
                                    new JinjaException(
                                            callee + "() needs the argument '" + name + "'"));
        }

        public Object get(String name, Object otherwise) {
            return find(name).orElse(otherwise);
        }

        public String text(String name) {
            return text(name, get(name));
        }

        public String text(String name, String otherwise) {
            return text(name, get(name, otherwise));
        }

        /** Text, or null if it was not passed or is None. */
        public @Nullable String textOrNull(String name) {
            Object value = get(name, None.NONE);
            return value == None.NONE ? null : text(name, value);
        }

        public boolean flag(String name, boolean otherwise) {
            return Values.truth(get(name, otherwise));
        }

        public int integer(String name) {
            return integer(name, get(name));
        }

        public int integer(String name, int otherwise) {
            return integer(name, get(name, (long) otherwise));
        }

        /** A whole number; for None and for nothing there are other ones. */
        int integer(String name, int otherwise, int forNone) {
            Object value = get(name, (long) otherwise);
            return value == None.NONE ? forNone : integer(name, value);
        }

        private String text(String name, Object value) {
            if (value instanceof String text) {
                return text;
            }
            Values.requireDefined(value);
            throw new JinjaException(
                    callee + "(): '" + name + "' must be text, not " + Values.typeName(value));
        }

        private int integer(String name, Object value) {
            if (Values.isInteger(value)) {
                long number =
                        value instanceof java.math.BigInteger big
                                ? big.signum() * (long) Integer.MAX_VALUE
                                : Values.integer(value);
                return Math.clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
            }
            Values.requireDefined(value);
            throw new JinjaException(
                    callee
                            + "(): '"
                            + name
                            + "' must be a whole number, not "
                            + Values.typeName(value));
        }
    }
}
