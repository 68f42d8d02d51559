package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.TupleValue;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** {@code modules.itertools}; what Python's give one by one, these give as a list. */
record IteratorModule() implements HasAttributes {

    private static final int DEFAULT_COPIES = 2;
    private static final int MAX_COPIES = 100;

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "chain" ->
                    new PythonType(
                            name,
                            arguments -> chain(arguments.positional()),
                            member ->
                                    member.equals("from_iterable")
                                            ? (Invocable) IteratorModule::chainOne
                                            : null);
            case "zip_longest" -> (Invocable) IteratorModule::zipLongest;
            case "repeat" -> (Invocable) IteratorModule::repeat;
            case "islice" -> (Invocable) IteratorModule::slice;
            case "accumulate" -> (Invocable) IteratorModule::accumulate;
            case "groupby" -> (Invocable) IteratorModule::groupBy;
            case "compress" -> (Invocable) IteratorModule::compress;
            case "starmap" -> (Invocable) IteratorModule::starMap;
            case "tee" -> (Invocable) IteratorModule::tee;
            case "product", "permutations", "combinations", "combinations_with_replacement" ->
                    (Invocable) arguments -> Combinations.call(name, arguments);
            case "count", "cycle" ->
                    throw new JinjaException(
                            "modules.itertools."
                                    + name
                                    + " never ends, so it is not offered; range() counts");
            default -> null;
        };
    }

    private static ListValue chain(List<Object> several) {
        Bounded chained = new Bounded("chain");
        several.forEach(items -> Values.iterate(items).forEach(chained::add));
        return chained.list();
    }

    private static Object chainOne(Arguments arguments) {
        return chain(
                Values.iterate(arguments.bind("chain.from_iterable", "iterable").get("iterable")));
    }

    private static Object zipLongest(Arguments arguments) {
        Object fill = arguments.keywords().getOrDefault("fillvalue", None.NONE);
        List<List<Object>> columns = arguments.positional().stream().map(Values::iterate).toList();
        int rows = columns.stream().mapToInt(List::size).max().orElse(0);
        Bounded zipped = new Bounded("zip_longest");
        for (int i = 0; i < rows; i++) {
            List<Object> row = new ArrayList<>();
            for (List<Object> column : columns) {
                row.add(i < column.size() ? column.get(i) : fill);
            }
            zipped.add(row);
        }
        return zipped.list();
    }

    private static Object repeat(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("repeat", "object", "times");
        if (bound.find("times").isEmpty()) {
            throw new JinjaException("repeat() without a number of times never ends; pass one");
        }
        Bounded repeated = new Bounded("repeat");
        for (int i = 0; i < bound.integer("times"); i++) {
            repeated.add(bound.get("object"));
        }
        return repeated.list();
    }

    private static Object slice(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("islice", "iterable", "start", "stop", "step");
        List<Object> items = Values.iterate(bound.get("iterable"));
        boolean one = bound.find("stop").isEmpty();
        int start = one ? 0 : position(bound, "start", 0);
        int stop = Math.min(items.size(), position(bound, one ? "start" : "stop", items.size()));
        int step = position(bound, "step", 1);
        if (step < 1) {
            throw new JinjaException("islice(): the step must be 1 or more");
        }
        ListValue part = new ListValue();
        for (long i = start; i < stop; i += step) {
            part.add(items.get((int) i));
        }
        return part;
    }

    private static int position(Arguments.Bound bound, String name, int otherwise) {
        int given =
                bound.get(name, None.NONE) == None.NONE
                        ? otherwise
                        : bound.integer(name, otherwise);
        if (given < 0) {
            throw new JinjaException("islice(): '" + name + "' must not be negative");
        }
        return given;
    }

    private static Object accumulate(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("accumulate", "iterable", "func", "initial");
        Object function = bound.get("func", None.NONE);
        Object sum = bound.get("initial", None.NONE);
        Bounded sums = new Bounded("accumulate");
        if (sum != None.NONE) {
            sums.add(sum);
        }
        for (Object item : Values.iterate(bound.get("iterable"))) {
            if (sum == None.NONE) {
                sum = item;
            } else {
                sum =
                        function instanceof Invocable invocable
                                ? invocable.call(Arguments.of(sum, item))
                                : Values.sum(sum, item);
            }
            sums.add(sum);
        }
        return sums.list();
    }

    private static Object groupBy(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("groupby", "iterable", "key");
        Object function = bound.get("key", None.NONE);
        ListValue groups = new ListValue();
        Object last = None.NONE;
        ListValue group = new ListValue();
        for (Object item : Values.iterate(bound.get("iterable"))) {
            Object key =
                    function instanceof Invocable invocable
                            ? invocable.call(Arguments.of(item))
                            : item;
            if (groups.isEmpty() || !Values.equal(last, key)) {
                group = new ListValue();
                groups.add(TupleValue.of(key, group));
                last = key;
            }
            group.add(item);
        }
        return groups;
    }

    private static Object compress(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("compress", "data", "selectors");
        List<Object> data = Values.iterate(bound.get("data"));
        List<Object> selectors = Values.iterate(bound.get("selectors"));
        ListValue chosen = new ListValue();
        for (int i = 0; i < Math.min(data.size(), selectors.size()); i++) {
            if (Values.truth(selectors.get(i))) {
                chosen.add(data.get(i));
            }
        }
        return chosen;
    }

    private static Object starMap(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("starmap", "function", "iterable");
        if (!(bound.get("function") instanceof Invocable function)) {
            throw new JinjaException("starmap() needs a macro or function first");
        }
        Bounded results = new Bounded("starmap");
        for (Object item : Values.iterate(bound.get("iterable"))) {
            results.add(function.call(new Arguments(Values.iterate(item), java.util.Map.of())));
        }
        return results.list();
    }

    private static Object tee(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("tee", "iterable", "n");
        int copies = bound.integer("n", DEFAULT_COPIES);
        if (copies < 0 || copies > MAX_COPIES) {
            throw new JinjaException("tee() makes up to " + MAX_COPIES + " copies");
        }
        ListValue items = new ListValue(Values.iterate(bound.get("iterable")));
        return new TupleValue(Collections.nCopies(copies, items));
    }
}
