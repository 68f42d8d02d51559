package dev.millrace.transform.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Jinja's filters by their names, and those that others add. */
final class Filters {

    /** What Jinja has and is left out, with the reason. */
    private static final Map<String, String> NOT_OFFERED =
            Map.of(
                    "random", "what is rendered must be the same each time",
                    "urlize", "it makes HTML");

    private final Map<String, Filter> byName = new HashMap<>();

    Filters(Interpreter interpreter, Budget budget, Map<String, Filter> others) {
        new TextFilters(budget).register(byName);
        new LayoutFilters(budget).register(byName);
        NumberFilters.register(byName);
        new ListFilters(interpreter, budget).register(byName);
        new OrderFilters(interpreter, budget).register(byName);
        byName.put("default", Filters::otherwise);
        byName.put("d", Filters::otherwise);
        byName.put(
                "attr",
                (value, arguments) -> {
                    String name = arguments.bind("attr", "name").text("name");
                    return interpreter.attributeOnly(value, name);
                });
        byName.putAll(others);
    }

    Optional<Filter> find(String name) {
        Filter filter = byName.get(name);
        if (filter == null && NOT_OFFERED.containsKey(name)) {
            throw new JinjaException(
                    "the filter '" + name + "' is not offered: " + NOT_OFFERED.get(name));
        }
        return Optional.ofNullable(filter);
    }

    Set<String> names() {
        return byName.keySet();
    }

    /** A filter without arguments. */
    static Filter simple(String name, Function<Object, Object> function) {
        return (value, arguments) -> {
            arguments.bind(name);
            return function.apply(Values.usable(value));
        };
    }

    private static Object otherwise(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("default", "default_value", "boolean");
        boolean absent =
                value instanceof Undefined
                        || (bound.flag("boolean", false) && !Values.truth(value));
        return absent ? bound.get("default_value", "") : value;
    }
}
