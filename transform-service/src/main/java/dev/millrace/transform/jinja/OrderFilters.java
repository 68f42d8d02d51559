package dev.millrace.transform.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Jinja's filters that order, group or compare the items of a list. */
final class OrderFilters {

    private final Interpreter interpreter;
    private final Parts parts;
    private final Budget budget;

    OrderFilters(Interpreter interpreter, Budget budget) {
        this.interpreter = interpreter;
        this.parts = new Parts(interpreter);
        this.budget = budget;
    }

    void register(Map<String, Filter> filters) {
        filters.put("sort", this::sort);
        filters.put("unique", this::unique);
        filters.put("min", (value, arguments) -> extreme(value, arguments, false));
        filters.put("max", (value, arguments) -> extreme(value, arguments, true));
        filters.put("groupby", this::groupBy);
        filters.put("dictsort", OrderFilters::dictSort);
    }

    private Object sort(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("sort", "reverse", "case_sensitive", "attribute");
        boolean caseSensitive = bound.flag("case_sensitive", false);
        Object attribute = bound.get("attribute", None.NONE);
        List<Object> attributes =
                attribute instanceof String names && names.contains(",")
                        ? List.of((Object[]) names.split(",", -1))
                        : List.of(attribute);
        Comparator<Object> order =
                attributes.stream()
                        .map(each -> by(each, caseSensitive))
                        .reduce(Comparator::thenComparing)
                        .orElse(Values::compare);
        List<Object> items = Elements.iterate(value);
        budget.spend(items.size());
        ListValue sorted = new ListValue(items);
        ListMethods.sort(sorted, bound.flag("reverse", false) ? order.reversed() : order);
        return sorted;
    }

    private Comparator<Object> by(Object attribute, boolean caseSensitive) {
        return (a, b) ->
                Values.compare(
                        parts.key(a, attribute, caseSensitive),
                        parts.key(b, attribute, caseSensitive));
    }

    private Object unique(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("unique", "case_sensitive", "attribute");
        boolean caseSensitive = bound.flag("case_sensitive", false);
        Object attribute = bound.get("attribute", None.NONE);
        SetValue seen = new SetValue();
        ListValue unique = new ListValue();
        for (Object item : Elements.iterate(value)) {
            if (seen.add(parts.key(item, attribute, caseSensitive))) {
                unique.add(item);
            }
        }
        return unique;
    }

    private Object extreme(Object value, Arguments arguments, boolean greatest) {
        Arguments.Bound bound = arguments.bind("max", "case_sensitive", "attribute");
        boolean caseSensitive = bound.flag("case_sensitive", false);
        Object attribute = bound.get("attribute", None.NONE);
        Object extreme = null;
        for (Object item : Elements.iterate(value)) {
            int order =
                    extreme == null
                            ? 0
                            : Values.compare(
                                    parts.key(item, attribute, caseSensitive),
                                    parts.key(extreme, attribute, caseSensitive));
            if (extreme == null || (greatest ? order > 0 : order < 0)) {
                extreme = item;
            }
        }
        return extreme != null ? extreme : interpreter.absent(() -> "the list has no items");
    }

    private Object groupBy(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("groupby", "attribute", "default", "case_sensitive");
        Object attribute = bound.get("attribute");
        Object otherwise = bound.get("default", None.NONE);
        boolean caseSensitive = bound.flag("case_sensitive", false);
        List<Object> items = Elements.iterate(value);
        budget.spend(items.size());
        List<Object> keys = new ArrayList<>();
        DictValue groups = new DictValue();
        for (Object item : items) {
            Object part = parts.of(item, attribute);
            Object name = part instanceof Undefined && otherwise != None.NONE ? otherwise : part;
            Object key = Parts.folded(Values.requireDefined(name), caseSensitive);
            if (groups.get(key) instanceof Group group) {
                group.items().add(item);
            } else {
                keys.add(key);
                groups.put(key, new Group(name, new ListValue(List.of(item))));
            }
        }
        ListMethods.sort(keys, Values::compare);
        ListValue grouped = new ListValue();
        keys.forEach(key -> grouped.add(groups.get(key)));
        return grouped;
    }

    private static Object dictSort(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
        if (value instanceof Undefined undefined && undefined.chainable()) {
            return new ListValue();
        }
        if (!(Values.requireDefined(value) instanceof Map<?, ?> map)) {
            throw new JinjaException("dictsort is for dicts, not " + Values.typeName(value));
        }
        boolean caseSensitive = bound.flag("case_sensitive", false);
        int position =
                switch (bound.text("by", "key")) {
                    case "key" -> 0;
                    case "value" -> 1;
                    default -> throw new JinjaException("dictsort(): by='key' or by='value'");
                };
        ListValue items = DictMethods.items(map);
        Comparator<Object> order =
                (a, b) ->
                        Values.compare(
                                Parts.folded(((TupleValue) a).get(position), caseSensitive),
                                Parts.folded(((TupleValue) b).get(position), caseSensitive));
        ListMethods.sort(items, bound.flag("reverse", false) ? order.reversed() : order);
        return items;
    }
}
