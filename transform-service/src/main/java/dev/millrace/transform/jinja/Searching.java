package dev.millrace.transform.jinja;

import java.util.List;

/** How Python's {@code str} is searched: offsets are those of characters, not of UTF-16. */
final class Searching {

    private Searching() {}

    /** The part of a text that is searched, and where it begins. */
    private record Part(String text, int from, boolean exists) {

        static Part of(String text, Arguments.Bound bound) {
            int length = text.codePointCount(0, text.length());
            int start = bounded(bound, "start", 0, length);
            int end = bounded(bound, "end", length, length);
            if (start > end || bound.integer("start", 0, 0) > length) {
                return new Part("", start, false);
            }
            int from = text.offsetByCodePoints(0, start);
            return new Part(
                    text.substring(from, text.offsetByCodePoints(from, end - start)), start, true);
        }

        private static int bounded(Arguments.Bound bound, String name, int otherwise, int length) {
            int index = bound.integer(name, otherwise, otherwise);
            return Math.clamp(index < 0 ? (long) index + length : index, 0, length);
        }
    }

    static Object find(String text, Arguments arguments, String name) {
        Arguments.Bound bound = arguments.bind(name, "sub", "start", "end");
        String sought = bound.text("sub");
        Part part = Part.of(text, bound);
        int found =
                !part.exists()
                        ? -1
                        : name.startsWith("r")
                                ? part.text().lastIndexOf(sought)
                                : part.text().indexOf(sought);
        if (found >= 0) {
            return (long) part.from() + part.text().codePointCount(0, found);
        }
        if (name.endsWith("index")) {
            throw new JinjaException(name + "(): the text does not hold it");
        }
        return -1L;
    }

    static Object count(String text, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("count", "sub", "start", "end");
        String sought = bound.text("sub");
        Part part = Part.of(text, bound);
        return part.exists() ? count(part.text(), sought) : 0L;
    }

    static long count(String text, String sought) {
        if (sought.isEmpty()) {
            return text.codePointCount(0, text.length()) + 1L;
        }
        long count = 0;
        for (int i = text.indexOf(sought); i >= 0; i = text.indexOf(sought, i + sought.length())) {
            count++;
        }
        return count;
    }

    static Object begins(String text, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("startswith", "prefix", "start", "end");
        Part part = Part.of(text, bound);
        return part.exists() && several(bound).stream().anyMatch(part.text()::startsWith);
    }

    static Object ends(String text, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("endswith", "prefix", "start", "end");
        Part part = Part.of(text, bound);
        return part.exists() && several(bound).stream().anyMatch(part.text()::endsWith);
    }

    private static List<String> several(Arguments.Bound bound) {
        return bound.get("prefix") instanceof TupleValue several
                ? several.stream().map(Searching::text).toList()
                : List.of(bound.text("prefix"));
    }

    private static String text(Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new JinjaException("the tuple must hold texts, not " + Values.typeName(value));
    }
}
