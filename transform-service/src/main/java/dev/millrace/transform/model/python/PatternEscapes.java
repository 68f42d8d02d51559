package dev.millrace.transform.model.python;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An escape of a pattern of Python's.
 *
 * @param text how Java has it
 * @param end the position after it
 */
record PatternEscapes(String text, int end) {

    private static final Pattern CODE =
            Pattern.compile("x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})");
    private static final Pattern OCTAL = Pattern.compile("0[0-7]{0,2}|[0-3][0-7]{2}");
    private static final int OCTAL_RADIX = 8;
    private static final int HEX_RADIX = 16;

    static PatternEscapes at(String source, int at) {
        char c = source.charAt(at + 1);
        return switch (c) {
            case 'A', 'b', 'B', 'd', 'D', 's', 'S', 'w', 'W' ->
                    new PatternEscapes("\\" + c, at + 2);
            case 'Z' -> new PatternEscapes("\\z", at + 2);
            default -> character(source, at);
        };
    }

    static PatternEscapes inClassAt(String source, int at) {
        char c = source.charAt(at + 1);
        return switch (c) {
            case 'd', 'D', 's', 'S', 'w', 'W' -> new PatternEscapes("\\" + c, at + 2);
            case 'b' -> new PatternEscapes("\\x08", at + 2);
            default -> character(source, at);
        };
    }

    private static PatternEscapes character(String source, int at) {
        Matcher code = CODE.matcher(source).region(at + 1, source.length());
        if (code.lookingAt()) {
            return new PatternEscapes(
                    written(Integer.parseInt(code.group().substring(1), HEX_RADIX)), code.end());
        }
        Matcher octal = OCTAL.matcher(source).region(at + 1, source.length());
        if (octal.lookingAt()) {
            return new PatternEscapes(
                    written(Integer.parseInt(octal.group(), OCTAL_RADIX)), octal.end());
        }
        char c = source.charAt(at + 1);
        return switch (c) {
            case 'a' -> new PatternEscapes("\\x07", at + 2);
            case 'f', 'n', 'r', 't' -> new PatternEscapes("\\" + c, at + 2);
            case 'v' -> new PatternEscapes("\\x0B", at + 2);
            default -> {
                boolean letter = c < 128 && Character.isLetterOrDigit(c);
                if (letter) {
                    throw PatternValue.mistake(source, "'\\" + c + "' is no escape of Python's");
                }
                int point = source.codePointAt(at + 1);
                yield new PatternEscapes(written(point), at + 1 + Character.charCount(point));
            }
        };
    }

    private static String written(int point) {
        return "\\x{" + Integer.toHexString(point) + "}";
    }
}
