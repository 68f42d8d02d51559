package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** The methods of Python's {@code list}, and those of them that {@code tuple} has. */
final class ListMethods {

    private final Budget budget;

    ListMethods(Budget budget) {
        this.budget = budget;
    }

    @Nullable Invocable find(List<?> list, String name) {
        return list instanceof ListValue changeable
                ? ofList(changeable, name)
                : ofSequence(list, name);
    }

    private static @Nullable Invocable ofSequence(List<?> items, String name) {
        return switch (name) {
            case "index" ->
                    arguments -> {
                        Arguments.Bound bound = arguments.bind("index", "value", "start", "stop");
                        int from = bounded(bound.integer("start", 0), items.size());
                        int to = bounded(bound.integer("stop", items.size()), items.size());
                        return index(items, bound.get("value"), from, to);
                    };
            case "count" ->
                    arguments -> {
                        Object sought = Methods.only(arguments, "count");
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
                        list.add(Methods.only(arguments, name));
                        return None.NONE;
                    };
            case "extend" ->
                    arguments -> {
                        List<Object> more = Elements.iterate(Methods.only(arguments, name));
                        budget.spend(more.size());
                        list.addAll(more);
                        return None.NONE;
                    };
            case "insert" ->
                    arguments -> {
                        Arguments.Bound bound = arguments.bind(name, "index", "item");
                        budget.spend(1);
                        list.add(bounded(bound.integer("index"), list.size()), bound.get("item"));
                        return None.NONE;
                    };
            case "pop" -> arguments -> pop(list, arguments);
            case "remove" ->
                    arguments -> {
                        Object item = Methods.only(arguments, name);
                        list.remove((int) index(list, item, 0, list.size()));
                        return None.NONE;
                    };
            case "reverse" ->
                    arguments -> {
                        arguments.bind(name);
                        Collections.reverse(list);
                        return None.NONE;
                    };
            case "sort" -> arguments -> sort(list, arguments);
            case "clear" ->
                    arguments -> {
                        arguments.bind(name);
                        list.clear();
                        return None.NONE;
                    };
            case "copy" ->
                    arguments -> {
                        arguments.bind(name);
                        budget.spend(list.size());
                        return new ListValue(list);
                    };
            default -> ofSequence(list, name);
        };
    }

    private static Object sort(ListValue list, Arguments arguments) {
        if (!arguments.positional().isEmpty()) {
            throw new JinjaException("sort() takes reverse=… and key=… only");
        }
        Arguments.Bound bound = arguments.bind("sort", "reverse", "key");
        Comparator<Object> order = Values::compare;
        if (bound.get("key", None.NONE) instanceof Invocable key) {
            order = (a, b) -> Values.compare(key.call(Arguments.of(a)), key.call(Arguments.of(b)));
        }
        sort(list, bound.flag("reverse", false) ? order.reversed() : order);
        return None.NONE;
    }

    static void sort(List<Object> items, Comparator<Object> order) {
        try {
            items.sort(order);
        } catch (IllegalArgumentException e) {
            throw new JinjaException("the items have no order among them");
        }
    }

    private static long index(List<?> items, Object sought, int from, int to) {
        for (int i = from; i < to; i++) {
            if (Values.equal(items.get(i), sought)) {
                return i;
            }
        }
        throw new JinjaException(Representation.of(sought) + " is not in the list");
    }

    /** An index that may count from the end, within the list. */
    private static int bounded(int index, int size) {
        return Math.clamp(index < 0 ? (long) size + index : index, 0, size);
    }

    private static Object pop(ListValue list, Arguments arguments) {
        int index = arguments.bind("pop", "index").integer("index", -1);
        int at = index < 0 ? list.size() + index : index;
        if (at < 0 || at >= list.size()) {
            throw new JinjaException("pop(): the list has no item " + index);
        }
        return list.remove(at);
    }
}
