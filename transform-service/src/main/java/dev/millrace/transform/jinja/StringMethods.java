package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** The methods of Python's {@code str}. */
final class StringMethods {

    private final Budget budget;

    StringMethods(Budget budget) {
        this.budget = budget;
    }

    @Nullable Invocable find(String text, String name) {
        return switch (name) {
            case "lower", "casefold" -> plain(name, text.toLowerCase(Locale.ROOT));
            case "upper" -> plain(name, text.toUpperCase(Locale.ROOT));
            case "title" -> plain(name, title(text));
            case "capitalize" -> plain(name, capitalize(text));
            case "swapcase" -> plain(name, swapCase(text));
            case "strip" -> arguments -> strip(text, characters(arguments, name), true, true);
            case "lstrip" -> arguments -> strip(text, characters(arguments, name), true, false);
            case "rstrip" -> arguments -> strip(text, characters(arguments, name), false, true);
            case "split" -> arguments -> split(text, arguments, false);
            case "rsplit" -> arguments -> split(text, arguments, true);
            case "splitlines" ->
                    arguments -> {
                        arguments.bind(name);
                        return spent(new ListValue(text.lines().toList()));
                    };
            case "join" -> arguments -> join(text, arguments.bind(name, "items").get("items"));
            case "replace" -> arguments -> replace(text, arguments);
            case "startswith" ->
                    arguments -> anyOf(arguments, name).stream().anyMatch(text::startsWith);
            case "endswith" ->
                    arguments -> anyOf(arguments, name).stream().anyMatch(text::endsWith);
            case "removeprefix" ->
                    arguments -> {
                        String prefix = arguments.bind(name, "prefix").text("prefix");
                        return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
                    };
            case "removesuffix" ->
                    arguments -> {
                        String suffix = arguments.bind(name, "suffix").text("suffix");
                        return text.endsWith(suffix)
                                ? text.substring(0, text.length() - suffix.length())
                                : text;
                    };
            case "find" -> arguments -> offset(text, text.indexOf(sub(arguments, name)));
            case "rfind" -> arguments -> offset(text, text.lastIndexOf(sub(arguments, name)));
            case "index" ->
                    arguments -> {
                        int found = text.indexOf(sub(arguments, name));
                        if (found < 0) {
                            throw new JinjaException("index(): the text does not hold it");
                        }
                        return offset(text, found);
                    };
            case "count" -> arguments -> count(text, sub(arguments, name));
            case "format" -> arguments -> new BraceFormat(budget, arguments).format(text);
            case "zfill" ->
                    arguments -> zeroFill(text, arguments.bind(name, "width").integer("width"));
            case "ljust" -> arguments -> justify(text, arguments, name, '<');
            case "rjust" -> arguments -> justify(text, arguments, name, '>');
            case "center" -> arguments -> justify(text, arguments, name, '^');
            case "partition" ->
                    arguments -> {
                        String separator = sub(arguments, name);
                        return partition(text, separator, text.indexOf(separator), false);
                    };
            case "rpartition" ->
                    arguments -> {
                        String separator = sub(arguments, name);
                        return partition(text, separator, text.lastIndexOf(separator), true);
                    };
            case "isdigit", "isdecimal", "isnumeric" -> all(name, text, Character::isDigit);
            case "isalpha" -> all(name, text, Character::isLetter);
            case "isalnum" -> all(name, text, Character::isLetterOrDigit);
            case "isspace" -> all(name, text, Character::isWhitespace);
            case "islower" -> cased(name, text, text.toLowerCase(Locale.ROOT));
            case "isupper" -> cased(name, text, text.toUpperCase(Locale.ROOT));
            default -> null;
        };
    }

    private static Invocable plain(String name, Object result) {
        return arguments -> {
            arguments.bind(name);
            return result;
        };
    }

    private static Invocable all(String name, String text, IntPredicate predicate) {
        return plain(name, !text.isEmpty() && text.codePoints().allMatch(predicate));
    }

    private static Invocable cased(String name, String text, String changed) {
        boolean hasCase =
                text.codePoints()
                        .anyMatch(p -> Character.isUpperCase(p) || Character.isLowerCase(p));
        return plain(name, hasCase && text.equals(changed));
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offsetByCodePoints(0, 1);
        return text.substring(0, first).toUpperCase(Locale.ROOT)
                + text.substring(first).toLowerCase(Locale.ROOT);
    }

    private static String title(String text) {
        StringBuilder title = new StringBuilder(text.length());
        boolean inWord = false;
        for (int point : text.codePoints().toArray()) {
            title.appendCodePoint(
                    inWord ? Character.toLowerCase(point) : Character.toUpperCase(point));
            inWord = Character.isLetter(point);
        }
        return title.toString();
    }

    private static String swapCase(String text) {
        StringBuilder swapped = new StringBuilder(text.length());
        text.codePoints()
                .map(
                        p ->
                                Character.isUpperCase(p)
                                        ? Character.toLowerCase(p)
                                        : Character.toUpperCase(p))
                .forEach(swapped::appendCodePoint);
        return swapped.toString();
    }

    private static @Nullable String characters(Arguments arguments, String name) {
        return arguments.bind(name, "chars").textOrNull("chars");
    }

    static String strip(
            String text, @Nullable String characters, boolean leading, boolean trailing) {
        int from = 0;
        int to = text.length();
        while (leading && from < to && stripped(text.charAt(from), characters)) {
            from++;
        }
        while (trailing && to > from && stripped(text.charAt(to - 1), characters)) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean stripped(char c, @Nullable String characters) {
        return characters == null ? Character.isWhitespace(c) : characters.indexOf(c) >= 0;
    }

    private ListValue split(String text, Arguments arguments, boolean fromRight) {
        Arguments.Bound bound = arguments.bind("split", "sep", "maxsplit");
        String separator = bound.textOrNull("sep");
        int most = bound.integer("maxsplit", -1);
        if (separator != null && separator.isEmpty()) {
            throw new JinjaException("split(): the separator must not be empty");
        }
        return spent(
                separator == null
                        ? splitAtSpace(text, most)
                        : fromRight
                                ? splitFromRight(text, separator, most)
                                : splitFromLeft(text, separator, most));
    }

    private static ListValue splitAtSpace(String text, int most) {
        ListValue parts = new ListValue();
        String rest = text.stripLeading();
        while (!rest.isEmpty()) {
            int end = 0;
            while (end < rest.length() && !Character.isWhitespace(rest.charAt(end))) {
                end++;
            }
            if (most >= 0 && parts.size() == most) {
                parts.add(rest.stripTrailing());
                break;
            }
            parts.add(rest.substring(0, end));
            rest = rest.substring(end).stripLeading();
        }
        return parts;
    }

    private static ListValue splitFromLeft(String text, String separator, int most) {
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

    private static ListValue splitFromRight(String text, String separator, int most) {
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

    private ListValue spent(ListValue parts) {
        budget.spend(parts.size());
        return parts;
    }

    String join(String separator, Object items) {
        List<Object> parts = Values.iterate(items);
        long length = (long) separator.length() * parts.size();
        for (Object part : parts) {
            if (!(part instanceof String text)) {
                Values.requireDefined(part);
                throw new JinjaException(
                        "join() takes texts, found "
                                + Values.typeName(part)
                                + "; the filter 'join' takes all");
            }
            length += text.length();
        }
        budget.spend(length);
        return parts.stream().map(String.class::cast).collect(Collectors.joining(separator));
    }

    private String replace(String text, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("replace", "old", "new", "count");
        return replace(text, bound.text("old"), bound.text("new"), bound.integer("count", -1));
    }

    String replace(String text, String old, String replacement, int most) {
        long found = old.isEmpty() ? text.length() + 1L : count(text, old);
        long times = most < 0 ? found : Math.min(most, found);
        budget.spend(text.length() + times * replacement.length());
        StringBuilder replaced = new StringBuilder();
        int from = 0;
        for (long i = 0; i < times; i++) {
            int next = old.isEmpty() ? (int) i : text.indexOf(old, from);
            replaced.append(text, from, next).append(replacement);
            from = next + old.length();
        }
        return replaced.append(text.substring(from)).toString();
    }

    private static long count(String text, String sub) {
        if (sub.isEmpty()) {
            return text.codePointCount(0, text.length()) + 1L;
        }
        long count = 0;
        for (int i = text.indexOf(sub); i >= 0; i = text.indexOf(sub, i + sub.length())) {
            count++;
        }
        return count;
    }

    private static List<String> anyOf(Arguments arguments, String name) {
        Object sought = arguments.bind(name, "prefix").get("prefix");
        return sought instanceof TupleValue several
                ? several.stream().map(Values::text).toList()
                : List.of(arguments.bind(name, "prefix").text("prefix"));
    }

    private static String sub(Arguments arguments, String name) {
        return arguments.bind(name, "sub").text("sub");
    }

    private static Object offset(String text, int index) {
        return index < 0 ? -1L : (long) text.codePointCount(0, index);
    }

    private String zeroFill(String text, int width) {
        budget.spend(width);
        boolean signed = text.startsWith("-") || text.startsWith("+");
        String sign = signed ? text.substring(0, 1) : "";
        String digits = text.substring(sign.length());
        return sign + "0".repeat(Math.max(0, width - text.length())) + digits;
    }

    private String justify(String text, Arguments arguments, String name, char align) {
        Arguments.Bound bound = arguments.bind(name, "width", "fillchar");
        int missing = bound.integer("width") - text.codePointCount(0, text.length());
        String fill = bound.text("fillchar", " ");
        if (fill.codePointCount(0, fill.length()) != 1) {
            throw new JinjaException(name + "(): the fill must be one character");
        }
        if (missing <= 0) {
            return text;
        }
        budget.spend(missing);
        // Python puts the odd one of a centred text to the left if the width is odd, too.
        int left = missing / 2 + (missing & bound.integer("width") & 1);
        return switch (align) {
            case '<' -> text + fill.repeat(missing);
            case '>' -> fill.repeat(missing) + text;
            default -> fill.repeat(left) + text + fill.repeat(missing - left);
        };
    }

    private static TupleValue partition(String text, String separator, int at, boolean fromRight) {
        if (separator.isEmpty()) {
            throw new JinjaException("partition(): the separator must not be empty");
        }
        if (at < 0) {
            return fromRight ? TupleValue.of("", "", text) : TupleValue.of(text, "", "");
        }
        return TupleValue.of(
                text.substring(0, at), separator, text.substring(at + separator.length()));
    }
}
