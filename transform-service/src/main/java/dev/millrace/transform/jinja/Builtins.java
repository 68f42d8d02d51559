package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/** The functions that every template has. */
final class Builtins {

    static final Set<String> NAMES =
            Set.of("range", "dict", "namespace", "cycler", "joiner", "return", "zip");

    private Builtins() {}

    static @Nullable Object find(String name, Budget budget) {
        return switch (name) {
            case "range" -> (Invocable) arguments -> range(arguments, budget);
            case "dict" ->
                    (Invocable)
                            arguments -> {
                                DictValue dict = new DictValue();
                                if (arguments.positional().size() > 1) {
                                    throw new JinjaException("dict() takes one dict, and names");
                                }
                                new DictMethods(budget).update(dict, arguments);
                                return dict;
                            };
            case "namespace" -> (Invocable) arguments -> namespace(arguments);
            case "cycler" -> (Invocable) arguments -> new Cycler(arguments.positional());
            case "joiner" ->
                    (Invocable)
                            arguments -> joiner(arguments.bind("joiner", "sep").text("sep", ", "));
            case "zip" -> (Invocable) arguments -> zip(arguments.positional(), budget);
            case "return" ->
                    (Invocable)
                            arguments -> {
                                throw new ReturnSignal(
                                        arguments.bind("return", "value").get("value", None.NONE));
                            };
            default -> null;
        };
    }

    private static Object range(Arguments arguments, Budget budget) {
        Arguments.Bound bound = arguments.bind("range", "start", "stop", "step");
        boolean one = bound.find("stop").isEmpty();
        long start = one ? 0 : Values.integer(bound.get("start"));
        long stop = Values.integer(bound.get(one ? "start" : "stop"));
        long step = Values.integer(bound.get("step", 1L));
        RangeValue range = new RangeValue(start, stop, step);
        budget.spend(range.size());
        return range;
    }

    private static Namespace namespace(Arguments arguments) {
        Namespace namespace = new Namespace();
        for (Object initial : arguments.positional()) {
            if (!(initial instanceof DictValue dict)) {
                throw new JinjaException("namespace() takes names with values, or a dict");
            }
            dict.forEach((key, value) -> namespace.set(Values.text(key), value));
        }
        arguments.keywords().forEach((name, value) -> namespace.set(name, Values.usable(value)));
        return namespace;
    }

    private static Invocable joiner(String separator) {
        boolean[] used = {false};
        return arguments -> {
            String text = used[0] ? separator : "";
            used[0] = true;
            return text;
        };
    }

    private static Object zip(List<Object> sequences, Budget budget) {
        List<List<Object>> columns = sequences.stream().map(Elements::iterate).toList();
        int rows = columns.stream().mapToInt(List::size).min().orElse(0);
        budget.spend((long) rows * columns.size());
        ListValue zipped = new ListValue();
        for (int i = 0; i < rows; i++) {
            int row = i;
            zipped.add(new TupleValue(columns.stream().map(column -> column.get(row)).toList()));
        }
        return zipped;
    }
}
