package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The methods of Python's {@code dict}. */
final class DictMethods {

    private final Budget budget;

    DictMethods(Budget budget) {
        this.budget = budget;
    }

    @Nullable Invocable find(Map<?, ?> map, String name) {
        return switch (name) {
            case "items" ->
                    arguments -> {
                        arguments.bind(name);
                        return new DictView("dict_items", items(map));
                    };
            case "keys" ->
                    arguments -> {
                        arguments.bind(name);
                        return new DictView("dict_keys", map.keySet());
                    };
            case "values" ->
                    arguments -> {
                        arguments.bind(name);
                        return new DictView("dict_values", map.values());
                    };
            case "get" ->
                    arguments -> {
                        Arguments.Bound bound = arguments.bind(name, "key", "default");
                        Object value = map.get(DictValue.hashable(bound.get("key")));
                        return value != null ? value : bound.get("default", None.NONE);
                    };
            case "copy" ->
                    arguments -> {
                        arguments.bind(name);
                        budget.spend(map.size());
                        return new DictValue(map);
                    };
            default -> map instanceof DictValue dict ? changing(dict, name) : null;
        };
    }

    private @Nullable Invocable changing(DictValue dict, String name) {
        return switch (name) {
            case "setdefault" -> arguments -> setDefault(dict, arguments);
            case "update" ->
                    arguments -> {
                        if (arguments.positional().size() > 1) {
                            throw new JinjaException("update() takes one dict, and names");
                        }
                        update(dict, arguments);
                        return None.NONE;
                    };
            case "pop" -> arguments -> pop(dict, arguments);
            case "popitem" ->
                    arguments -> {
                        arguments.bind(name);
                        Map.Entry<Object, Object> last = dict.pollLastEntry();
                        if (last == null) {
                            throw new JinjaException("popitem(): the dict is empty");
                        }
                        return TupleValue.of(last.getKey(), last.getValue());
                    };
            case "clear" ->
                    arguments -> {
                        arguments.bind(name);
                        dict.clear();
                        return None.NONE;
                    };
            default -> null;
        };
    }

    static ListValue items(Map<?, ?> dict) {
        ListValue items = new ListValue();
        dict.forEach((key, value) -> items.add(TupleValue.of(key, value)));
        return items;
    }

    private Object setDefault(DictValue dict, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("setdefault", "key", "default");
        Object key = DictValue.hashable(bound.get("key"));
        Object value = dict.get(key);
        if (value != null) {
            return value;
        }
        Object otherwise = bound.get("default", None.NONE);
        budget.spend(1);
        dict.put(key, otherwise);
        return otherwise;
    }

    private static Object pop(DictValue dict, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("pop", "key", "default");
        Object removed = dict.remove(DictValue.hashable(bound.get("key")));
        return removed != null
                ? removed
                : bound.find("default")
                        .orElseThrow(
                                () ->
                                        new JinjaException(
                                                "pop(): the dict has no key "
                                                        + Representation.of(bound.get("key"))));
    }

    /** Adds entries of dicts, of pairs, of what has {@code keys()}, and those passed by name. */
    void update(DictValue dict, Arguments arguments) {
        for (Object source : arguments.positional()) {
            if (source instanceof Map<?, ?> map) {
                budget.spend(map.size());
                new ArrayList<>(map.entrySet())
                        .forEach(entry -> dict.put(entry.getKey(), entry.getValue()));
            } else if (source instanceof HasItems items
                    && source instanceof HasAttributes attributes
                    && attributes.attribute("keys") instanceof Invocable keys) {
                for (Object key : Elements.iterate(keys.call(Arguments.of()))) {
                    Object value = items.item(key);
                    dict.put(key, value == null ? None.NONE : value);
                }
            } else {
                if (source instanceof Undefined undefined && !undefined.chainable()) {
                    throw undefined.mistake();
                }
                updatePairs(dict, source);
            }
        }
        budget.spend(arguments.keywords().size());
        dict.putAll(arguments.keywords());
    }

    private void updatePairs(DictValue dict, Object source) {
        for (Object pair : Elements.iterate(source)) {
            List<Object> parts = Elements.iterate(pair);
            if (parts.size() != 2) {
                throw new JinjaException("a dict is made of pairs of key and value");
            }
            budget.spend(1);
            dict.put(parts.get(0), parts.get(1));
        }
    }
}
