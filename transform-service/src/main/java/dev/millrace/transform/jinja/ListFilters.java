package dev.millrace.transform.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/** Jinja's filters of lists and dicts. */
final class ListFilters {

    private final Interpreter interpreter;
    private final Budget budget;

    ListFilters(Interpreter interpreter, Budget budget) {
        this.interpreter = interpreter;
        this.budget = budget;
    }

    void register(Map<String, BiFunction<Object, Arguments, Object>> filters) {
        filters.put("length", (value, arguments) -> Values.length(value));
        filters.put("count", (value, arguments) -> Values.length(value));
        filters.put("list", (value, arguments) -> list(value));
        filters.put("first", (value, arguments) -> end(value, true));
        filters.put("last", (value, arguments) -> end(value, false));
        filters.put("items", (value, arguments) -> items(value));
        filters.put("reverse", ListFilters::reverse);
        filters.put("join", this::join);
        filters.put("sort", this::sort);
        filters.put("unique", this::unique);
        filters.put("min", (value, arguments) -> extreme(value, arguments, false));
        filters.put("max", (value, arguments) -> extreme(value, arguments, true));
        filters.put("sum", this::sum);
        filters.put("map", this::map);
        filters.put("select", (value, arguments) -> choose(value, arguments, false, true));
        filters.put("reject", (value, arguments) -> choose(value, arguments, false, false));
        filters.put("selectattr", (value, arguments) -> choose(value, arguments, true, true));
        filters.put("rejectattr", (value, arguments) -> choose(value, arguments, true, false));
        filters.put("groupby", this::groupBy);
        filters.put("dictsort", ListFilters::dictSort);
        filters.put("batch", this::batch);
        filters.put("slice", this::slice);
    }

    private ListValue list(Object value) {
        List<Object> items = Values.iterate(value);
        budget.spend(items.size());
        return new ListValue(items);
    }

    private static Object end(Object value, boolean first) {
        List<Object> items = Values.iterate(value);
        if (items.isEmpty()) {
            return new Undefined("the list has no " + (first ? "first" : "last") + " item", true);
        }
        return first ? items.getFirst() : items.getLast();
    }

    private static Object items(Object value) {
        return switch (value) {
            case Undefined undefined -> new ListValue();
            case Map<?, ?> map -> Methods.items(map);
            default -> throw new JinjaException("the filter 'items' is for dicts");
        };
    }

    private static Object reverse(Object value, Arguments arguments) {
        arguments.bind("reverse");
        return value instanceof String text
                ? new StringBuilder(text).reverse().toString()
                : new ListValue(Values.iterate(value).reversed());
    }

    private Object join(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("join", "d", "attribute");
        Object attribute = bound.get("attribute", None.NONE);
        ListValue texts = new ListValue();
        for (Object item : Values.iterate(value)) {
            texts.add(Values.text(part(item, attribute)));
        }
        return new StringMethods(budget).join(Values.text(bound.get("d", "")), texts);
    }

    /** An attribute of an item, also of its attribute's attribute; the item itself for None. */
    private Object part(Object item, Object attribute) {
        if (attribute == None.NONE) {
            return item;
        }
        if (Values.isInteger(attribute)) {
            return interpreter.item(item, attribute);
        }
        Object part = item;
        for (String name : Values.text(attribute).split("\\.", -1)) {
            boolean index =
                    !name.isEmpty()
                            && name.length() < 10
                            && name.chars().allMatch(Character::isDigit);
            part = interpreter.item(part, index ? (Object) Long.valueOf(name) : (Object) name);
        }
        return part;
    }

    /** What an item is compared by; texts without regard to case unless asked for. */
    private Object key(Object item, Object attribute, boolean caseSensitive) {
        Object key = Values.requireDefined(part(item, attribute));
        return key instanceof String text && !caseSensitive ? text.toLowerCase(Locale.ROOT) : key;
    }

    private Object sort(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("sort", "reverse", "case_sensitive", "attribute");
        boolean caseSensitive = bound.flag("case_sensitive", false);
        Object attribute = bound.get("attribute", None.NONE);
        List<Object> attributes =
                attribute instanceof String names && names.contains(",")
                        ? List.of((Object[]) names.split(",", -1))
                        : List.of(attribute);
        Comparator<Object> order = null;
        for (Object each : attributes) {
            Comparator<Object> next =
                    (a, b) ->
                            Values.compare(
                                    key(a, each, caseSensitive), key(b, each, caseSensitive));
            order = order == null ? next : order.thenComparing(next);
        }
        ListValue sorted = list(value);
        boolean reverse = bound.flag("reverse", false);
        Comparator<Object> chosen = order == null ? Values::compare : order;
        try {
            sorted.sort(reverse ? chosen.reversed() : chosen);
        } catch (IllegalArgumentException e) {
            throw new JinjaException("the items have no order among them");
        }
        return sorted;
    }

    private Object unique(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("unique", "case_sensitive", "attribute");
        boolean caseSensitive = bound.flag("case_sensitive", false);
        Object attribute = bound.get("attribute", None.NONE);
        java.util.Set<Object> seen = new java.util.HashSet<>();
        ListValue unique = new ListValue();
        for (Object item : Values.iterate(value)) {
            if (seen.add(key(item, attribute, caseSensitive))) {
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
        for (Object item : Values.iterate(value)) {
            int order =
                    extreme == null
                            ? 0
                            : Values.compare(
                                    key(item, attribute, caseSensitive),
                                    key(extreme, attribute, caseSensitive));
            if (extreme == null || (greatest ? order > 0 : order < 0)) {
                extreme = item;
            }
        }
        return extreme != null ? extreme : new Undefined("the list has no items", true);
    }

    private Object sum(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("sum", "attribute", "start");
        Object attribute = bound.get("attribute", None.NONE);
        Object sum = bound.get("start", 0L);
        Operators operators = new Operators(budget);
        for (Object item : Values.iterate(value)) {
            sum = operators.apply("+", sum, part(item, attribute));
        }
        return sum;
    }

    private Object map(Object value, Arguments arguments) {
        ListValue mapped = new ListValue();
        List<Object> items = Values.iterate(value);
        budget.spend(items.size());
        Object attribute = arguments.keywords().get("attribute");
        if (arguments.positional().isEmpty() && attribute != null) {
            Object otherwise = arguments.keywords().get("default");
            for (Object item : items) {
                Object part = part(item, attribute);
                mapped.add(part instanceof Undefined && otherwise != null ? otherwise : part);
            }
            return mapped;
        }
        if (arguments.positional().isEmpty()) {
            throw new JinjaException("map() needs the name of a filter, or attribute='…'");
        }
        String filter = Values.text(arguments.positional().getFirst());
        Arguments rest = withoutFirst(arguments, 1);
        items.forEach(item -> mapped.add(interpreter.filter(filter, item, rest)));
        return mapped;
    }

    private Object choose(Object value, Arguments arguments, boolean byAttribute, boolean wanted) {
        int own = byAttribute ? 1 : 0;
        if (arguments.positional().size() < own) {
            throw new JinjaException("selectattr() needs the name of an attribute");
        }
        Object attribute = byAttribute ? arguments.positional().getFirst() : None.NONE;
        ListValue chosen = new ListValue();
        for (Object item : Values.iterate(value)) {
            Object part = part(item, attribute);
            boolean passes =
                    arguments.positional().size() == own
                            ? Values.truth(part)
                            : interpreter.test(
                                    Values.text(arguments.positional().get(own)),
                                    part,
                                    withoutFirst(arguments, own + 1));
            if (passes == wanted) {
                chosen.add(item);
            }
        }
        budget.spend(chosen.size());
        return chosen;
    }

    private static Arguments withoutFirst(Arguments arguments, int count) {
        return new Arguments(
                arguments.positional().subList(count, arguments.positional().size()),
                arguments.keywords());
    }

    private Object groupBy(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("groupby", "attribute", "default", "case_sensitive");
        Object attribute = bound.get("attribute");
        boolean caseSensitive = bound.flag("case_sensitive", false);
        List<Object> items = Values.iterate(value);
        budget.spend(items.size());
        List<Object> keys = new ArrayList<>();
        Map<Object, ListValue> groups = new java.util.LinkedHashMap<>();
        Map<Object, Object> names = new java.util.HashMap<>();
        for (Object item : items) {
            Object part = part(item, attribute);
            Object name = part instanceof Undefined ? bound.get("default", part) : part;
            Object key =
                    Values.requireDefined(name) instanceof String text && !caseSensitive
                            ? text.toLowerCase(Locale.ROOT)
                            : name;
            groups.computeIfAbsent(
                            key,
                            first -> {
                                keys.add(first);
                                names.put(first, name);
                                return new ListValue();
                            })
                    .add(item);
        }
        Methods.sort(keys, false);
        ListValue grouped = new ListValue();
        for (Object key : keys) {
            ListValue group = groups.get(key);
            Object name = names.get(key);
            if (group != null && name != null) {
                grouped.add(TupleValue.of(name, group));
            }
        }
        return grouped;
    }

    private static Object dictSort(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
        if (!(value instanceof Map<?, ?> map)) {
            throw new JinjaException("dictsort is for dicts, not " + Values.typeName(value));
        }
        boolean caseSensitive = bound.flag("case_sensitive", false);
        int position = bound.text("by", "key").equals("value") ? 1 : 0;
        ListValue items = Methods.items(map);
        Comparator<Object> order =
                (a, b) ->
                        Values.compare(
                                folded(((TupleValue) a).get(position), caseSensitive),
                                folded(((TupleValue) b).get(position), caseSensitive));
        items.sort(bound.flag("reverse", false) ? order.reversed() : order);
        return items;
    }

    private static Object folded(Object value, boolean caseSensitive) {
        return value instanceof String text && !caseSensitive
                ? text.toLowerCase(Locale.ROOT)
                : value;
    }

    private Object batch(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("batch", "linecount", "fill_with");
        int size = Math.max(1, bound.integer("linecount"));
        List<Object> items = Values.iterate(value);
        budget.spend((long) items.size() + size);
        ListValue batches = new ListValue();
        for (int i = 0; i < items.size(); i += size) {
            ListValue batch =
                    new ListValue(items.subList(i, (int) Math.min(items.size(), (long) i + size)));
            Object fill = bound.get("fill_with", None.NONE);
            while (fill != None.NONE && batch.size() < size) {
                batch.add(fill);
            }
            batches.add(batch);
        }
        return batches;
    }

    private Object slice(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("slice", "slices", "fill_with");
        int slices = Math.max(1, bound.integer("slices"));
        List<Object> items = Values.iterate(value);
        budget.spend((long) items.size() + slices);
        int each = items.size() / slices;
        int longer = items.size() % slices;
        ListValue result = new ListValue();
        int from = 0;
        for (int i = 0; i < slices; i++) {
            int to = from + each + (i < longer ? 1 : 0);
            ListValue slice = new ListValue(items.subList(from, to));
            Object fill = bound.get("fill_with", None.NONE);
            if (fill != None.NONE && i >= longer) {
                slice.add(fill);
            }
            result.add(slice);
            from = to;
        }
        return result;
    }
}
