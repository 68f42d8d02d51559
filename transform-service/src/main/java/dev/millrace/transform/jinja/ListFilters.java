package dev.millrace.transform.jinja;

import java.util.List;
import java.util.Map;

/** Jinja's filters of lists and dicts. */
final class ListFilters {

    private final Interpreter interpreter;
    private final Parts parts;
    private final Budget budget;

    ListFilters(Interpreter interpreter, Budget budget) {
        this.interpreter = interpreter;
        this.parts = new Parts(interpreter);
        this.budget = budget;
    }

    void register(Map<String, Filter> filters) {
        filters.put("length", (value, arguments) -> Elements.length(value));
        filters.put("count", (value, arguments) -> Elements.length(value));
        filters.put("list", (value, arguments) -> list(value));
        filters.put("first", (value, arguments) -> end(value, true));
        filters.put("last", (value, arguments) -> end(value, false));
        filters.put("items", (value, arguments) -> items(value));
        filters.put("reverse", ListFilters::reverse);
        filters.put("join", this::join);
        filters.put("sum", this::sum);
        filters.put("map", this::map);
        filters.put("select", (value, arguments) -> choose(value, arguments, false, true));
        filters.put("reject", (value, arguments) -> choose(value, arguments, false, false));
        filters.put("selectattr", (value, arguments) -> choose(value, arguments, true, true));
        filters.put("rejectattr", (value, arguments) -> choose(value, arguments, true, false));
        filters.put("batch", this::batch);
        filters.put("slice", this::slice);
    }

    private ListValue list(Object value) {
        List<Object> items = Elements.iterate(value);
        budget.spend(items.size());
        return new ListValue(items);
    }

    private Object end(Object value, boolean first) {
        List<Object> items = Elements.iterate(value);
        if (items.isEmpty()) {
            return interpreter.absent(
                    () -> "the list has no " + (first ? "first" : "last") + " item");
        }
        return first ? items.getFirst() : items.getLast();
    }

    private static Object items(Object value) {
        return switch (value) {
            case Undefined undefined -> {
                Values.usable(undefined);
                yield new ListValue();
            }
            case Map<?, ?> map -> DictMethods.items(map);
            default -> throw new JinjaException("the filter 'items' is for dicts");
        };
    }

    private static Object reverse(Object value, Arguments arguments) {
        arguments.bind("reverse");
        return value instanceof String text
                ? new StringBuilder(text).reverse().toString()
                : new ListValue(Elements.iterate(value).reversed());
    }

    private Object join(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("join", "d", "attribute");
        Object attribute = bound.get("attribute", None.NONE);
        ListValue texts = new ListValue();
        for (Object item : Elements.iterate(value)) {
            texts.add(Values.text(parts.of(item, attribute)));
        }
        return new StringMethods(budget).join(Values.text(bound.get("d", "")), texts);
    }

    private Object sum(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("sum", "attribute", "start");
        Object attribute = bound.get("attribute", None.NONE);
        Object sum = bound.get("start", 0L);
        Operators operators = new Operators(budget);
        for (Object item : Elements.iterate(value)) {
            sum = operators.apply("+", sum, parts.of(item, attribute));
        }
        return sum;
    }

    private Object map(Object value, Arguments arguments) {
        ListValue mapped = new ListValue();
        List<Object> items = Values.truth(value) ? Elements.iterate(value) : List.of();
        budget.spend(items.size());
        Object attribute = arguments.keywords().get("attribute");
        if (arguments.positional().isEmpty() && attribute != null) {
            Object otherwise = arguments.keywords().get("default");
            if (arguments.keywords().size() > (otherwise == null ? 1 : 2)) {
                throw new JinjaException("map() takes attribute and default, or a filter");
            }
            for (Object item : items) {
                Object part = parts.of(item, attribute);
                mapped.add(
                        part instanceof Undefined && otherwise != null && otherwise != None.NONE
                                ? otherwise
                                : part);
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
        for (Object item : Values.truth(value) ? Elements.iterate(value) : List.of()) {
            Object part = parts.of(item, attribute);
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

    private Object batch(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("batch", "linecount", "fill_with");
        int size = positive(bound.integer("linecount"), "batch");
        List<Object> items = Elements.iterate(value);
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

    private static int positive(int number, String filter) {
        if (number < 1) {
            throw new JinjaException(filter + "() needs a number of at least 1");
        }
        return number;
    }

    private Object slice(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("slice", "slices", "fill_with");
        int slices = positive(bound.integer("slices"), "slice");
        List<Object> items = Elements.iterate(value);
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
