package dev.millrace.transform.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Jinja's filters of single values and texts; those of lists are {@link ListFilters}. */
final class Filters {

    private final Interpreter interpreter;
    private final Budget budget;
    private final StringMethods strings;
    private final ListFilters lists;
    private final Map<String, BiFunction<Object, Arguments, Object>> byName = new TreeMap<>();

    Filters(Interpreter interpreter, Budget budget, Map<String, Filter> others) {
        this.interpreter = interpreter;
        this.budget = budget;
        this.strings = new StringMethods(budget);
        this.lists = new ListFilters(interpreter, budget);
        registerTexts();
        registerNumbers();
        lists.register(byName);
        others.forEach((name, filter) -> byName.put(name, filter::apply));
    }

    Optional<BiFunction<Object, Arguments, Object>> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Set<String> names() {
        return byName.keySet();
    }

    private void registerTexts() {
        simple("upper", value -> text(value).toUpperCase(Locale.ROOT));
        simple("lower", value -> text(value).toLowerCase(Locale.ROOT));
        simple("capitalize", value -> StringMethods.capitalize(text(value)));
        simple("title", value -> Titles.of(text(value)));
        simple("string", Values::text);
        simple("safe", Values::text);
        simple("escape", value -> escape(text(value)));
        simple("e", value -> escape(text(value)));
        simple("wordcount", value -> (long) Words.count(text(value)));
        simple("tojson", value -> Json.write(value));
        simple("pprint", Representation::of);
        byName.put(
                "trim",
                (value, arguments) ->
                        StringMethods.strip(
                                text(value),
                                arguments.bind("trim", "chars").textOrNull("chars"),
                                true,
                                true));
        byName.put(
                "replace",
                (value, arguments) -> {
                    Arguments.Bound bound = arguments.bind("replace", "old", "new", "count");
                    return strings.replace(
                            text(value),
                            Values.text(bound.get("old")),
                            Values.text(bound.get("new")),
                            bound.integer("count", -1));
                });
        byName.put("indent", this::indent);
        byName.put("truncate", this::truncate);
        byName.put("wordwrap", this::wordWrap);
        byName.put(
                "center",
                (value, arguments) -> {
                    int width = arguments.bind("center", "width").integer("width", 80);
                    Invocable center = strings.find(text(value), "center");
                    return center == null ? value : center.call(Arguments.of((long) width));
                });
        byName.put(
                "format",
                (value, arguments) ->
                        new PercentFormat(budget)
                                .format(
                                        text(value),
                                        arguments.keywords().isEmpty()
                                                ? new TupleValue(arguments.positional())
                                                : new DictValue(arguments.keywords())));
        simple(
                "urlencode",
                value ->
                        java.net.URLEncoder.encode(
                                        text(value), java.nio.charset.StandardCharsets.UTF_8)
                                .replace("+", "%20")
                                .replace("%2F", "/"));
    }

    private void registerNumbers() {
        simple(
                "abs",
                value ->
                        value instanceof Double number
                                ? (Object) Math.abs(number)
                                : (Object) Math.absExact(Values.integer(value)));
        byName.put(
                "int",
                (value, arguments) -> {
                    Arguments.Bound bound = arguments.bind("int", "default", "base");
                    return Numbers.whole(value, bound.integer("base", 10))
                            .<Object>map(number -> number)
                            .orElse(bound.get("default", 0L));
                });
        byName.put(
                "float",
                (value, arguments) ->
                        Numbers.real(value)
                                .<Object>map(number -> number)
                                .orElse(arguments.bind("float", "default").get("default", 0.0)));
        byName.put("round", Filters::round);
        byName.put("default", this::otherwise);
        byName.put("d", this::otherwise);
        byName.put(
                "attr",
                (value, arguments) ->
                        interpreter.attribute(value, arguments.bind("attr", "name").text("name")));
    }

    private void simple(String name, java.util.function.Function<Object, Object> function) {
        byName.put(
                name,
                (value, arguments) -> {
                    arguments.bind(name);
                    return function.apply(Values.requireDefined(value));
                });
    }

    private static String text(Object value) {
        return Values.text(value);
    }

    private Object otherwise(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("default", "default_value", "boolean");
        boolean absent =
                value instanceof Undefined
                        || (bound.flag("boolean", false) && !Values.truth(value));
        return absent ? bound.get("default_value", "") : value;
    }

    private static Object round(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("round", "precision", "method");
        int precision = Math.clamp(bound.integer("precision", 0), -300, 300);
        RoundingMode mode =
                switch (bound.text("method", "common")) {
                    case "common" -> RoundingMode.HALF_EVEN;
                    case "ceil" -> RoundingMode.CEILING;
                    case "floor" -> RoundingMode.FLOOR;
                    default -> throw new JinjaException("round(): common, ceil or floor");
                };
        if (Values.isInteger(value) && mode == RoundingMode.HALF_EVEN && precision >= 0) {
            return value;
        }
        double number = Values.real(Values.requireDefined(value));
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return number;
        }
        // ceil and floor work on the number times a power of ten, as binary as Python's.
        if (mode != RoundingMode.HALF_EVEN) {
            double factor = Math.pow(10, precision);
            return (mode == RoundingMode.CEILING
                            ? Math.ceil(number * factor)
                            : Math.floor(number * factor))
                    / factor;
        }
        return new BigDecimal(number).setScale(precision, mode).doubleValue();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    private Object indent(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("indent", "width", "first", "blank");
        Object width = bound.get("width", 4L);
        String by = width instanceof String text ? text : " ".repeat(width(Values.integer(width)));
        boolean blank = bound.flag("blank", false);
        List<String> lines = List.of((text(value) + "\n").split("\n", -1));
        budget.spend((long) lines.size() * by.length());
        String indented =
                lines.subList(0, lines.size() - 1).stream()
                        .map(line -> line.isEmpty() && !blank ? line : by + line)
                        .collect(Collectors.joining("\n"));
        boolean first = bound.flag("first", false);
        boolean indentedFirst = !lines.getFirst().isEmpty() || blank;
        return first || !indentedFirst ? indented : indented.substring(by.length());
    }

    private int width(long width) {
        budget.spend(width);
        return (int) Math.max(0, width);
    }

    private Object truncate(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("truncate", "length", "killwords", "end", "leeway");
        String text = text(value);
        int length = bound.integer("length", 255);
        String end = bound.text("end", "...");
        if (text.length() <= length + bound.integer("leeway", 5)) {
            return text;
        }
        if (length < end.length()) {
            throw new JinjaException("truncate(): the length must be at least that of 'end'");
        }
        String cut = text.substring(0, length - end.length());
        int space = cut.lastIndexOf(' ');
        boolean atWord = !bound.flag("killwords", false) && space >= 0;
        return (atWord ? cut.substring(0, space) : cut) + end;
    }

    private Object wordWrap(Object value, Arguments arguments) {
        int width = Math.max(1, arguments.bind("wordwrap", "width").integer("width", 79));
        return text(value)
                .lines()
                .map(line -> Words.wrap(line, width))
                .collect(Collectors.joining("\n"));
    }
}
