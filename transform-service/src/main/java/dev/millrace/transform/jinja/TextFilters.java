package dev.millrace.transform.jinja;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Jinja's filters that turn one text into another. */
final class TextFilters {

    private static final Pattern TAG = Pattern.compile("<!--.*?-->|<[^>]*>", Pattern.DOTALL);
    private static final Pattern NO_ATTRIBUTE = Pattern.compile("[\\s/>=]");

    private final Budget budget;
    private final StringMethods strings;

    TextFilters(Budget budget) {
        this.budget = budget;
        this.strings = new StringMethods(budget);
    }

    void register(Map<String, Filter> filters) {
        filters.put("upper", Filters.simple("upper", value -> Casing.upper(Values.text(value))));
        filters.put("lower", Filters.simple("lower", value -> Casing.lower(Values.text(value))));
        filters.put(
                "capitalize",
                Filters.simple("capitalize", value -> Casing.capitalize(Values.text(value))));
        filters.put("title", Filters.simple("title", value -> Titles.of(Values.text(value))));
        filters.put("string", Filters.simple("string", Values::text));
        filters.put("safe", Filters.simple("safe", Values::text));
        for (String name : List.of("escape", "e", "forceescape")) {
            filters.put(name, Filters.simple(name, value -> escape(Values.text(value))));
        }
        filters.put(
                "wordcount",
                Filters.simple("wordcount", value -> (long) Words.count(Values.text(value))));
        filters.put("pprint", Filters.simple("pprint", Representation::of));
        filters.put("tojson", TextFilters::json);
        filters.put("trim", TextFilters::trim);
        filters.put("replace", this::replace);
        filters.put("format", this::format);
        filters.put("urlencode", Filters.simple("urlencode", TextFilters::urlEncode));
        filters.put(
                "striptags", Filters.simple("striptags", value -> stripTags(Values.text(value))));
        filters.put("xmlattr", TextFilters::attributes);
    }

    private static Object json(Object value, Arguments arguments) {
        Object indent = arguments.bind("tojson", "indent").get("indent", None.NONE);
        return Json.writeForHtml(
                value, indent == None.NONE ? -1 : Math.clamp(Values.integer(indent), 0, 100));
    }

    private static Object trim(Object value, Arguments arguments) {
        String characters = arguments.bind("trim", "chars").textOrNull("chars");
        return StringMethods.strip(Values.text(value), characters, true, true);
    }

    private Object replace(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("replace", "old", "new", "count");
        return strings.replace(
                Values.text(value),
                Values.text(bound.get("old")),
                Values.text(bound.get("new")),
                bound.integer("count", -1, -1));
    }

    private Object format(Object value, Arguments arguments) {
        if (!arguments.keywords().isEmpty() && !arguments.positional().isEmpty()) {
            throw new JinjaException("format() takes values either by position or by name");
        }
        return new PercentFormat(budget)
                .format(
                        Values.text(value),
                        arguments.keywords().isEmpty()
                                ? new TupleValue(arguments.positional())
                                : new DictValue(arguments.keywords()));
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    private static String stripTags(String text) {
        String plain = TAG.matcher(text).replaceAll("");
        ListValue words = Splitting.split(plain, Arguments.of(), "split");
        return String.join(" ", words.stream().map(Values::text).toList())
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#39;", "'")
                .replace("&#34;", "\"")
                .replace("&quot;", "\"")
                .replace("&amp;", "&");
    }

    private static Object urlEncode(Object value) {
        if (value instanceof String || Values.isNumber(value) || value == None.NONE) {
            return percent(Values.text(value), "/");
        }
        List<String> pairs = new ArrayList<>();
        Object items = value instanceof Map<?, ?> map ? DictMethods.items(map) : value;
        for (Object pair : Elements.iterate(items)) {
            List<Object> parts = Elements.iterate(pair);
            if (parts.size() != 2) {
                throw new JinjaException("urlencode() needs pairs of name and value");
            }
            pairs.add(query(parts.get(0)) + "=" + query(parts.get(1)));
        }
        return String.join("&", pairs);
    }

    private static String query(Object value) {
        return percent(Values.text(value), "").replace("%20", "+");
    }

    private static String percent(String text, String safe) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || "_.-~".indexOf(c) >= 0
                            || safe.indexOf(c) >= 0;
            encoded.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return encoded.toString();
    }

    private static Object attributes(Object value, Arguments arguments) {
        boolean space = arguments.bind("xmlattr", "autospace").flag("autospace", true);
        if (!(value instanceof Map<?, ?> map)) {
            throw new JinjaException("xmlattr is for dicts, not " + Values.typeName(value));
        }
        StringBuilder text = new StringBuilder();
        map.forEach(
                (key, item) -> {
                    if (item == None.NONE || item instanceof Undefined) {
                        return;
                    }
                    if (!(key instanceof String name)) {
                        throw new JinjaException("xmlattr(): the keys must be text");
                    }
                    if (NO_ATTRIBUTE.matcher(name).find()) {
                        throw new JinjaException("'" + name + "' is no name of an attribute");
                    }
                    text.append(space || !text.isEmpty() ? " " : "")
                            .append(escape(name))
                            .append("=\"")
                            .append(escape(Values.text(item)))
                            .append('"');
                });
        return text.toString();
    }
}
