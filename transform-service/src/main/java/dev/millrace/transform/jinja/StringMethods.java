package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** The methods of Python's {@code str}. */
final class StringMethods {

    private final Budget budget;

    StringMethods(Budget budget) {
        this.budget = budget;
    }

    @Nullable Invocable find(String text, String name) {
        Invocable method = changing(text, name);
        return method != null ? method : asking(text, name);
    }

    private @Nullable Invocable changing(String text, String name) {
        return switch (name) {
            case "lower" -> arguments -> plain(arguments, name, Casing.lower(text));
            case "casefold" ->
                    arguments -> plain(arguments, name, Casing.lower(Casing.upper(text)));
            case "upper" -> arguments -> plain(arguments, name, Casing.upper(text));
            case "title" -> arguments -> plain(arguments, name, Casing.title(text));
            case "capitalize" -> arguments -> plain(arguments, name, Casing.capitalize(text));
            case "swapcase" -> arguments -> plain(arguments, name, Casing.swap(text));
            case "strip" -> arguments -> strip(text, characters(arguments, name), true, true);
            case "lstrip" -> arguments -> strip(text, characters(arguments, name), true, false);
            case "rstrip" -> arguments -> strip(text, characters(arguments, name), false, true);
            case "split", "rsplit" -> arguments -> spent(Splitting.split(text, arguments, name));
            case "splitlines" -> arguments -> spent(Splitting.lines(text, arguments));
            case "partition", "rpartition" ->
                    arguments ->
                            Splitting.partition(
                                    text, arguments.bind(name, "sep").text("sep"), name);
            case "join" -> arguments -> join(text, arguments.bind(name, "items").get("items"));
            case "replace" -> arguments -> replace(text, arguments);
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
            case "format" -> arguments -> new BraceFormat(budget, arguments).format(text);
            case "format_map" ->
                    arguments -> {
                        DictValue values = new DictValue();
                        new DictMethods(budget)
                                .update(values, Arguments.of(Methods.only(arguments, name)));
                        return new BraceFormat(budget, Arguments.named(values)).format(text);
                    };
            case "zfill" ->
                    arguments -> zeroFill(text, arguments.bind(name, "width").integer("width"));
            case "ljust", "rjust", "center" -> arguments -> justify(text, arguments, name);
            case "expandtabs" ->
                    arguments ->
                            expandTabs(text, arguments.bind(name, "tabsize").integer("tabsize", 8));
            default -> null;
        };
    }

    private static @Nullable Invocable asking(String text, String name) {
        return switch (name) {
            case "find", "rfind", "index", "rindex" ->
                    arguments -> Searching.find(text, arguments, name);
            case "count" -> arguments -> Searching.count(text, arguments);
            case "startswith" -> arguments -> Searching.begins(text, arguments);
            case "endswith" -> arguments -> Searching.ends(text, arguments);
            case "isdigit", "isdecimal", "isnumeric" -> all(name, text, Character::isDigit);
            case "isalpha" -> all(name, text, Character::isLetter);
            case "isalnum" -> all(name, text, Character::isLetterOrDigit);
            case "isspace" -> all(name, text, Texts::isSpace);
            case "isascii" -> Methods.nothing(name, text.chars().allMatch(c -> c < 128));
            case "isprintable" ->
                    Methods.nothing(name, text.codePoints().allMatch(Representation::isPrintable));
            case "isidentifier" ->
                    Methods.nothing(name, text.matches("[\\p{L}_][\\p{L}\\p{Nd}_]*"));
            case "islower" -> Methods.nothing(name, Casing.isLower(text));
            case "isupper" -> Methods.nothing(name, Casing.isUpper(text));
            case "istitle" -> Methods.nothing(name, Casing.isTitled(text));
            default -> null;
        };
    }

    private static String plain(Arguments arguments, String name, String result) {
        arguments.bind(name);
        return result;
    }

    private static Invocable all(String name, String text, IntPredicate predicate) {
        return Methods.nothing(name, !text.isEmpty() && text.codePoints().allMatch(predicate));
    }

    private static @Nullable String characters(Arguments arguments, String name) {
        return arguments.bind(name, "chars").textOrNull("chars");
    }

    static String strip(
            String text, @Nullable String characters, boolean leading, boolean trailing) {
        int from = 0;
        int to = text.length();
        while (leading && from < to && stripped(text.codePointAt(from), characters)) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (trailing && to > from && stripped(text.codePointBefore(to), characters)) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    private static boolean stripped(int point, @Nullable String characters) {
        return characters == null ? Texts.isSpace(point) : characters.indexOf(point) >= 0;
    }

    private ListValue spent(ListValue parts) {
        budget.spend(parts.size());
        return parts;
    }

    String join(String separator, Object items) {
        List<Object> parts = Elements.iterate(items);
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
        long found = Searching.count(text, old);
        long times = most < 0 ? found : Math.min(most, found);
        budget.spend(text.length() + times * replacement.length());
        StringBuilder replaced = new StringBuilder();
        int from = 0;
        for (long i = 0; i < times; i++) {
            int next = text.indexOf(old, from);
            if (old.isEmpty() && i > 0) {
                next = text.offsetByCodePoints(from, 1);
            }
            replaced.append(text, from, next).append(replacement);
            from = next + old.length();
        }
        return replaced.append(text.substring(from)).toString();
    }

    private String zeroFill(String text, int width) {
        budget.spend(width);
        boolean signed = text.startsWith("-") || text.startsWith("+");
        String sign = signed ? text.substring(0, 1) : "";
        String digits = text.substring(sign.length());
        int length = text.codePointCount(0, text.length());
        return sign + "0".repeat(Math.max(0, width - length)) + digits;
    }

    private String justify(String text, Arguments arguments, String name) {
        Arguments.Bound bound = arguments.bind(name, "width", "fillchar");
        int width = bound.integer("width");
        int missing = Math.max(0, width) - text.codePointCount(0, text.length());
        String fill = bound.text("fillchar", " ");
        if (fill.codePointCount(0, fill.length()) != 1) {
            throw new JinjaException(name + "(): the fill must be one character");
        }
        if (missing <= 0) {
            return text;
        }
        budget.spend(missing);
        // Python puts the odd one of a centred text to the left if the width is odd, too.
        int left = missing / 2 + (missing & width & 1);
        return switch (name) {
            case "ljust" -> text + fill.repeat(missing);
            case "rjust" -> fill.repeat(missing) + text;
            default -> fill.repeat(left) + text + fill.repeat(missing - left);
        };
    }

    private String expandTabs(String text, int size) {
        StringBuilder expanded = new StringBuilder();
        int column = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\t') {
                int spaces = size > 0 ? size - column % size : 0;
                budget.spend(spaces);
                expanded.append(" ".repeat(spaces));
                column += spaces;
            } else {
                expanded.append(c);
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        return expanded.toString();
    }
}
