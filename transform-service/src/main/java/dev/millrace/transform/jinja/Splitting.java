package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

/** How Python's {@code str} is split. */
final class Splitting {

    private Splitting() {}

    static ListValue split(String text, Arguments arguments, String name) {
        Arguments.Bound bound = arguments.bind(name, "sep", "maxsplit");
        String separator = bound.textOrNull("sep");
        int most = bound.integer("maxsplit", -1);
        boolean fromRight = name.equals("rsplit");
        if (separator == null) {
            return fromRight ? atSpaceFromRight(text, most) : atSpace(text, most);
        }
        return fromRight
                ? fromRight(text, separated(name, separator), most)
                : fromLeft(text, separated(name, separator), most);
    }

    private static String separated(String name, String separator) {
        if (separator.isEmpty()) {
            throw new JinjaException(name + "(): the separator must not be empty");
        }
        return separator;
    }

    private static ListValue atSpace(String text, int most) {
        ListValue parts = new ListValue();
        int at = 0;
        while (true) {
            while (at < text.length() && Texts.isSpace(text.charAt(at))) {
                at++;
            }
            if (at == text.length()) {
                return parts;
            }
            if (most >= 0 && parts.size() == most) {
                parts.add(text.substring(at));
                return parts;
            }
            int end = at;
            while (end < text.length() && !Texts.isSpace(text.charAt(end))) {
                end++;
            }
            parts.add(text.substring(at, end));
            at = end;
        }
    }

    private static ListValue atSpaceFromRight(String text, int most) {
        ListValue parts = new ListValue();
        int end = text.length();
        while (true) {
            while (end > 0 && Texts.isSpace(text.charAt(end - 1))) {
                end--;
            }
            if (end == 0) {
                break;
            }
            if (most >= 0 && parts.size() == most) {
                parts.add(text.substring(0, end));
                break;
            }
            int at = end;
            while (at > 0 && !Texts.isSpace(text.charAt(at - 1))) {
                at--;
            }
            parts.add(text.substring(at, end));
            end = at;
        }
        return new ListValue(parts.reversed());
    }

    private static ListValue fromLeft(String text, String separator, int most) {
        ListValue parts = new ListValue();
        int from = 0;
        for (int next = text.indexOf(separator);
                next >= 0 && (most < 0 || parts.size() < most);
                next = text.indexOf(separator, from)) {
            parts.add(text.substring(from, next));
            from = next + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static ListValue fromRight(String text, String separator, int most) {
        ListValue parts = new ListValue();
        int to = text.length();
        for (int next = text.lastIndexOf(separator);
                next >= 0 && (most < 0 || parts.size() < most);
                next =
                        to < separator.length()
                                ? -1
                                : text.lastIndexOf(separator, to - separator.length())) {
            parts.add(text.substring(next + separator.length(), to));
            to = next;
        }
        parts.add(text.substring(0, to));
        return new ListValue(parts.reversed());
    }

    static ListValue lines(String text, Arguments arguments) {
        boolean keepEnds = arguments.bind("splitlines", "keepends").flag("keepends", false);
        ListValue lines = new ListValue();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (Texts.endsLine(text.charAt(i))) {
                boolean pair =
                        text.charAt(i) == '\r'
                                && i + 1 < text.length()
                                && text.charAt(i + 1) == '\n';
                int next = i + (pair ? 2 : 1);
                lines.add(text.substring(from, keepEnds ? next : i));
                from = next;
                i = next - 1;
            }
        }
        if (from < text.length()) {
            lines.add(text.substring(from));
        }
        return lines;
    }

    static TupleValue partition(String text, @Nullable String sought, String name) {
        String separator = separated(name, sought == null ? "" : sought);
        boolean fromRight = name.equals("rpartition");
        int at = fromRight ? text.lastIndexOf(separator) : text.indexOf(separator);
        if (at < 0) {
            return fromRight ? TupleValue.of("", "", text) : TupleValue.of(text, "", "");
        }
        return TupleValue.of(
                text.substring(0, at), separator, text.substring(at + separator.length()));
    }
}
