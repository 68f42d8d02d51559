package dev.millrace.contracts.project.source;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A path in a payload as a project writes it: keys joined by dots. JSONPath looks like it, is what
 * many people write first, and would meet nothing.
 */
final class PayloadPath {

    private static final Pattern SUBSCRIPT =
            Pattern.compile("\\[\\s*['\"]?([^\\]'\"]*)['\"]?\\s*]");
    private static final Pattern ITEM = Pattern.compile("\\s*(?:\\d*|\\*)\\s*");

    private PayloadPath() {}

    static List<String> keys(String written) {
        return List.of(written.split("\\.", -1));
    }

    /**
     * What is wrong with the path of a rule, or nothing; rules reach through lists by themselves.
     */
    static String mistakeInRule(String written) {
        boolean wrong = hasEmptyKey(written) || written.matches("(?s).*[$\\[\\]*].*");
        return wrong
                ? "'%s' is no path: it is keys from the top of the payload, joined by dots, without $, * and [ ], and it reaches through lists by itself%s"
                        .formatted(written, suggestion(written.replace("$", "")))
                : "";
    }

    /** What is wrong with the path of one value, or nothing; its keys may hold a dollar. */
    static String mistakeInValue(String written) {
        boolean wrong =
                hasEmptyKey(written)
                        || written.matches("(?s).*[\\[\\]*].*")
                        || keys(written).getFirst().equals("$");
        if (!wrong) {
            return "";
        }
        boolean intoList =
                written.contains("*")
                        || SUBSCRIPT
                                .matcher(written)
                                .results()
                                .anyMatch(match -> ITEM.matcher(match.group(1)).matches());
        return "'%s' is no path: it is keys from the top of the payload, joined by dots, without *, [ ] and a $ for the top%s"
                .formatted(
                        written,
                        intoList
                                ? "; it cannot lead into a list"
                                : suggestion(
                                        written.startsWith("$") ? written.substring(1) : written));
    }

    private static boolean hasEmptyKey(String written) {
        return keys(written).stream().anyMatch(key -> key.isBlank() || !key.strip().equals(key));
    }

    private static String suggestion(String written) {
        String dotted =
                SUBSCRIPT
                        .matcher(written)
                        .replaceAll(
                                match ->
                                        ITEM.matcher(match.group(1)).matches()
                                                ? ""
                                                : "." + Matcher.quoteReplacement(match.group(1)));
        String path =
                Stream.of(dotted.replaceAll("[\\[\\]*'\"]", "").split("\\."))
                        .map(String::strip)
                        .filter(key -> !key.isEmpty())
                        .collect(Collectors.joining("."));
        return path.isEmpty() ? "" : "; write '" + path + "'";
    }
}
