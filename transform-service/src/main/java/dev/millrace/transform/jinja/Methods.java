package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The methods of lists and dicts, and where to find those of texts. */
final class Methods {

    private final Budget budget;
    private final StringMethods strings;

    Methods(Budget budget) {
        this.budget = budget;
        this.strings = new StringMethods(budget);
    }

    /** A method bound to its value; null if the value has none of this name. */
    @Nullable Invocable find(Object target, String name) {
        return switch (target) {
            case String text -> strings.find(text, name);
            case ListValue list -> ofList(list, name);
            case TupleValue tuple -> ofSequence(tuple, name);
            case DictValue dict -> ofDict(dict, name);
            default -> null;
        };
    }

    private static @Nullable Invocable ofSequence(List<Object> items, String name) {
        return switch (name) {
            case "index" -> arguments -> index(items, only(arguments, "index"));
            case "count" ->
                    arguments -> {
                        Object sought = only(arguments, "count");
                        return items.stream().filter(item -> Values.equal(item, sought)).count();
                    };
            default -> null;
        };
    }

    private @Nullable Invocable ofList(ListValue list, String name) {
        return switch (name) {
            case "append" ->
                    arguments -> {
                        budget.spend(1);
                        list.add(only(arguments, "append"));
                        return None.NONE;
                    };
            case "extend" ->
                    arguments -> {
                        List<Object> more = Values.iterate(only(arguments, "extend"));
                        budget.spend(more.size());
                        list.addAll(more);
                        return None.NONE;
                    };
            case "insert" ->
                    arguments -> {
                        Arguments.Bound bound = arguments.bind("insert", "index", "item");
                        budget.spend(1);
                        int index = bound.integer("index");
                        int from = index < 0 ? Math.max(0, list.size() + index) : index;
                        list.add(Math.min(from, list.size()), bound.get("item"));
                        return None.NONE;
                    };
            case "pop" -> arguments -> pop(list, arguments);
            case "remove" ->
                    arguments -> {
                        list.remove((int) index(list, only(arguments, "remove")));
                        return None.NONE;
                    };
            case "reverse" ->
                    arguments -> {
                        arguments.bind("reverse");
                        Collections.reverse(list);
                        return None.NONE;
                    };
            case "sort" ->
                    arguments -> {
                        boolean reverse = arguments.bind("sort", "reverse").flag("reverse", false);
                        sort(list, reverse);
                        return None.NONE;
                    };
            case "clear" ->
                    arguments -> {
                        arguments.bind("clear");
                        list.clear();
                        return None.NONE;
                    };
            case "copy" ->
                    arguments -> {
                        arguments.bind("copy");
                        budget.spend(list.size());
                        return new ListValue(list);
                    };
            default -> ofSequence(list, name);
        };
    }

    static void sort(List<Object> items, boolean reverse) {
        try {
            items.sort(reverse ? (a, b) -> Values.compare(b, a) : Values::compare);
        } catch (IllegalArgumentException e) {
            throw new JinjaException("the items have no order among them");
        }
    }

    private static long index(List<Object> items, Object sought) {
        for (int i = 0; i < items.size(); i++) {
            if (Values.equal(items.get(i), sought)) {
                return i;
            }
        }
        throw new JinjaException(Representation.of(sought) + " is not in the list");
    }

    private static Object pop(ListValue list, Arguments arguments) {
        int index = arguments.bind("pop", "index").integer("index", -1);
        int at = index < 0 ? list.size() + index : index;
        if (at < 0 || at >= list.size()) {
            throw new JinjaException("pop(): the list has no item " + index);
        }
        return list.remove(at);
    }

    private @Nullable Invocable ofDict(DictValue dict, String name) {
        return switch (name) {
            case "items" ->
                    arguments -> {
                        arguments.bind("items");
                        return items(dict);
                    };
            case "keys" ->
                    arguments -> {
                        arguments.bind("keys");
                        return new ListValue(dict.keySet());
                    };
            case "values" ->
                    arguments -> {
                        arguments.bind("values");
                        return new ListValue(dict.values());
                    };
            case "get" ->
                    arguments -> {
                        Arguments.Bound bound = arguments.bind("get", "key", "default");
                        Object value = dict.get(bound.get("key"));
                        return value != null ? value : bound.get("default", None.NONE);
                    };
            case "setdefault" ->
                    arguments -> {
                        Arguments.Bound bound = arguments.bind("setdefault", "key", "default");
                        return dict.computeIfAbsent(
                                bound.get("key"), key -> bound.get("default", None.NONE));
                    };
            case "update" -> arguments -> update(dict, arguments);
            case "pop" ->
                    arguments -> {
                        Arguments.Bound bound = arguments.bind("pop", "key", "default");
                        Object removed = dict.remove(bound.get("key"));
                        return removed != null
                                ? removed
                                : bound.find("default")
                                        .orElseThrow(
                                                () ->
                                                        new JinjaException(
                                                                "pop(): the dict has no key "
                                                                        + Representation.of(
                                                                                bound.get("key"))));
                    };
            case "clear" ->
                    arguments -> {
                        arguments.bind("clear");
                        dict.clear();
                        return None.NONE;
                    };
            case "copy" ->
                    arguments -> {
                        arguments.bind("copy");
                        budget.spend(dict.size());
                        return new DictValue(dict);
                    };
            default -> null;
        };
    }

    static ListValue items(Map<?, ?> dict) {
        ListValue items = new ListValue();
        dict.forEach((key, value) -> items.add(TupleValue.of(key, value)));
        return items;
    }

    private Object update(DictValue dict, Arguments arguments) {
        for (Object source : arguments.positional()) {
            if (source instanceof Map<?, ?> map) {
                budget.spend(map.size());
                new ArrayList<>(map.entrySet())
                        .forEach(entry -> dict.put(entry.getKey(), entry.getValue()));
            } else {
                for (Object pair : Values.iterate(source)) {
                    List<Object> parts = Values.iterate(pair);
                    if (parts.size() != 2) {
                        throw new JinjaException("update() needs pairs of key and value");
                    }
                    budget.spend(1);
                    dict.put(parts.get(0), parts.get(1));
                }
            }
        }
        budget.spend(arguments.keywords().size());
        dict.putAll(arguments.keywords());
        return None.NONE;
    }

    private static Object only(Arguments arguments, String method) {
        return arguments.bind(method, "value").get("value");
    }
}
