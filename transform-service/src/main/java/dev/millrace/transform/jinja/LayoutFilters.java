package dev.millrace.transform.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Jinja's filters that lay out a text. */
final class LayoutFilters {

    private final Budget budget;

    LayoutFilters(Budget budget) {
        this.budget = budget;
    }

    void register(Map<String, Filter> filters) {
        filters.put("indent", this::indent);
        filters.put("truncate", LayoutFilters::truncate);
        filters.put("wordwrap", LayoutFilters::wordWrap);
        filters.put("center", this::center);
    }

    private Object indent(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("indent", "width", "first", "blank");
        String text = text(Values.requireDefined(value), "indent");
        Object width = bound.get("width", 4L);
        String by = width instanceof String prefix ? prefix : spaces(Values.integer(width));
        boolean blank = bound.flag("blank", false);
        ListValue lines = Splitting.lines(text + "\n", Arguments.of());
        budget.spend((long) lines.size() * by.length());
        StringBuilder indented = new StringBuilder(bound.flag("first", false) ? by : "");
        for (int i = 0; i < lines.size(); i++) {
            String line = Values.text(lines.get(i));
            if (i > 0) {
                indented.append('\n').append(line.isEmpty() && !blank ? "" : by);
            }
            indented.append(line);
        }
        return indented.toString();
    }

    private static String text(Object value, String filter) {
        if (value instanceof String || value instanceof Undefined) {
            return Values.text(value);
        }
        throw new JinjaException(filter + " is for text, not " + Values.typeName(value));
    }

    private String spaces(long width) {
        budget.spend(width);
        return " ".repeat((int) Math.max(0, width));
    }

    private static Object truncate(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("truncate", "length", "killwords", "end", "leeway");
        if (Values.usable(value) instanceof Undefined) {
            return value;
        }
        String text = text(value, "truncate");
        int length = bound.integer("length", 255);
        String end = bound.text("end", "...");
        int leeway = bound.integer("leeway", 5, 5);
        int kept = length - end.codePointCount(0, end.length());
        if (kept < 0 || leeway < 0) {
            throw new JinjaException(
                    "truncate(): the length must be at least that of 'end', and leeway not"
                            + " negative");
        }
        if (text.codePointCount(0, text.length()) <= (long) length + leeway) {
            return text;
        }
        String cut = text.substring(0, text.offsetByCodePoints(0, kept));
        int space = cut.lastIndexOf(' ');
        boolean atWord = !bound.flag("killwords", false) && space >= 0;
        return (atWord ? cut.substring(0, space) : cut) + end;
    }

    private static Object wordWrap(Object value, Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind(
                        "wordwrap", "width", "break_long_words", "wrapstring", "break_on_hyphens");
        int width = bound.integer("width", 79);
        if (width <= 0) {
            throw new JinjaException("wordwrap(): the width must be at least 1");
        }
        String separator = bound.textOrNull("wrapstring");
        Words words =
                new Words(
                        width,
                        bound.flag("break_long_words", true),
                        bound.flag("break_on_hyphens", true));
        List<String> lines = new ArrayList<>();
        String text = text(Values.requireDefined(value), "wordwrap");
        for (Object line : Splitting.lines(text, Arguments.of())) {
            List<String> wrapped = words.wrap(Values.text(line));
            lines.add(String.join(separator == null ? "\n" : separator, wrapped));
        }
        return String.join(separator == null ? "\n" : separator, lines);
    }

    private Object center(Object value, Arguments arguments) {
        long width = arguments.bind("center", "width").integer("width", 80);
        Invocable center = new StringMethods(budget).find(Values.text(value), "center");
        return center == null ? value : center.call(Arguments.of(width));
    }
}
