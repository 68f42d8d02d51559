package dev.millrace.transform.materialization;

import java.util.Locale;

/** What Python takes for space and digits, and agate for nothing. */
final class SeedText {

    private static final char NEXT_LINE = '\u0085';

    private SeedText() {}

    static boolean isNull(String value) {
        String text = strip(value).toLowerCase(Locale.ROOT);
        return text.isEmpty() || text.equals("null");
    }

    static String strip(String value) {
        int from = 0;
        int to = value.length();
        while (from < to && isSpace(value.charAt(from))) {
            from++;
        }
        while (from < to && isSpace(value.charAt(to - 1))) {
            to--;
        }
        return value.substring(from, to);
    }

    static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == NEXT_LINE;
    }

    /** Digits of any script as those of ASCII. */
    static String asciiDigits(String text) {
        if (text.chars().allMatch(c -> c < 128)) {
            return text;
        }
        StringBuilder digits = new StringBuilder();
        text.codePoints()
                .forEach(
                        point -> {
                            if (Character.isDigit(point)) {
                                digits.append(Character.digit(point, 10));
                            } else {
                                digits.appendCodePoint(point);
                            }
                        });
        return digits.toString();
    }
}
