package dev.millrace.transform.model.select;

import dev.millrace.transform.model.select.Spec.Criterion;
import dev.millrace.transform.model.select.Spec.Reach;

import java.util.List;
import java.util.Locale;

/** Reads one criterion, such as {@code 2+tag:nightly+}. */
final class CriterionParser {

    private static final int MAX_LENGTH = 10_000;

    private final String raw;
    private final String where;
    private int at;

    private CriterionParser(String raw, String where) {
        this.raw = raw;
        this.where = where;
    }

    /**
     * @param where how errors call the place
     */
    static Criterion parse(String raw, String where) throws InvalidSelectionException {
        if (raw.length() > MAX_LENGTH) {
            throw new InvalidSelectionException(
                    raw.substring(0, 40) + "…", "a criterion has at most 10000 characters");
        }
        return new CriterionParser(raw, where).criterion();
    }

    /** The method of a word with what follows it after dots. */
    static List<String> methodParts(String word) {
        return List.of(word.split("\\.", -1));
    }

    /** The method that a value without one means. */
    static Method methodOf(String value) {
        if (value.contains("/")) {
            return Method.PATH;
        }
        String small = value.toLowerCase(Locale.ROOT);
        boolean file = small.endsWith(".sql") || small.endsWith(".py") || small.endsWith(".csv");
        return file ? Method.FILE : Method.FQN;
    }

    private Criterion criterion() throws InvalidSelectionException {
        boolean childrensParents = raw.startsWith("@");
        at = childrensParents ? 1 : 0;
        int parents = parents();
        String word = method();
        int end = raw.length();
        int children = 0;
        int plus = raw.lastIndexOf('+');
        if (plus >= at && isNumber(raw.substring(plus + 1))) {
            end = plus;
            children = depth(raw.substring(plus + 1));
            if (childrensParents) {
                throw new InvalidSelectionException(
                        where,
                        "'@' before and '+' behind cannot stand together; '@' takes in all"
                                + " descendants already");
            }
        }
        String value = raw.substring(at, end);
        List<String> parts = word.isEmpty() ? List.of() : methodParts(word);
        Method method = parts.isEmpty() ? methodOf(value) : Method.named(parts.getFirst(), where);
        return new Criterion(
                raw,
                where,
                method,
                parts.isEmpty() ? parts : parts.subList(1, parts.size()),
                value,
                new Reach(parents, children, childrensParents),
                null);
    }

    private int parents() {
        int end = at;
        while (end < raw.length() && isDigit(raw.charAt(end))) {
            end++;
        }
        if (end == raw.length() || raw.charAt(end) != '+') {
            return 0;
        }
        int depth = depth(raw.substring(at, end));
        at = end + 1;
        return depth;
    }

    /** The word before the first colon, if it is one. */
    private String method() {
        int end = at;
        while (end < raw.length() && isWord(raw.charAt(end))) {
            end++;
        }
        if (end == at || end == raw.length() || raw.charAt(end) != ':') {
            return "";
        }
        String word = raw.substring(at, end);
        at = end + 1;
        return word;
    }

    private static boolean isNumber(String text) {
        return text.chars().allMatch(c -> isDigit((char) c));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.';
    }

    /** Steps of a number; no number means all. */
    private static int depth(String digits) {
        if (digits.isEmpty()) {
            return Reach.UNBOUNDED;
        }
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > 9 ? Reach.UNBOUNDED : Integer.parseInt(significant);
    }
}
