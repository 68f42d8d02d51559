package dev.millrace.transform.model.select;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern as shells have it: {@code *} is any text, {@code ?} any character, {@code [a-c]} one of
 * these and {@code [!a-c]} none of them.
 */
final class Wildcard {

    private final List<Part> parts;

    private sealed interface Part {}

    private enum Many implements Part {
        MANY
    }

    private record One(char character) implements Part {}

    private enum Any implements Part {
        ANY
    }

    private record OneOf(String ranges, boolean negated) implements Part {

        boolean has(char c) {
            boolean found = false;
            for (int i = 0; i < ranges.length(); i += 2) {
                found |= ranges.charAt(i) <= c && c <= ranges.charAt(i + 1);
            }
            return found != negated;
        }
    }

    private Wildcard(List<Part> parts) {
        this.parts = parts;
    }

    static Wildcard of(String pattern) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at < pattern.length()) {
            char c = pattern.charAt(at);
            int end = c == '[' ? end(pattern, at) : -1;
            if (end > 0) {
                parts.add(charClass(pattern.substring(at + 1, end)));
                at = end;
            } else if (c == '*') {
                parts.add(Many.MANY);
            } else {
                parts.add(c == '?' ? Any.ANY : new One(c));
            }
            at++;
        }
        return new Wildcard(parts);
    }

    /** Whether a text is more than a name. */
    static boolean isPattern(String text) {
        return text.chars().anyMatch(c -> "*?[]".indexOf(c) >= 0);
    }

    static boolean matches(String pattern, String text) {
        return of(pattern).matches(text);
    }

    boolean matches(String text) {
        int part = 0;
        int at = 0;
        int lastMany = -1;
        int retryAt = 0;
        while (at < text.length()) {
            if (part < parts.size() && parts.get(part) == Many.MANY) {
                lastMany = part++;
                retryAt = at;
            } else if (part < parts.size() && matches(parts.get(part), text.charAt(at))) {
                part++;
                at++;
            } else if (lastMany >= 0) {
                part = lastMany + 1;
                at = ++retryAt;
            } else {
                return false;
            }
        }
        while (part < parts.size() && parts.get(part) == Many.MANY) {
            part++;
        }
        return part == parts.size();
    }

    private static boolean matches(Part part, char c) {
        return switch (part) {
            case One one -> one.character() == c;
            case OneOf oneOf -> oneOf.has(c);
            case Any _, Many _ -> true;
        };
    }

    /** Where a class ends; negative if it does not, so that its bracket stands for itself. */
    private static int end(String pattern, int start) {
        int at = start + 1;
        if (at < pattern.length() && pattern.charAt(at) == '!') {
            at++;
        }
        return pattern.indexOf(']', at + 1);
    }

    private static Part charClass(String written) {
        boolean negated = written.startsWith("!");
        String members = negated ? written.substring(1) : written;
        StringBuilder ranges = new StringBuilder();
        int at = 0;
        while (at < members.length()) {
            boolean range = at + 2 < members.length() && members.charAt(at + 1) == '-';
            ranges.append(members.charAt(at)).append(members.charAt(range ? at + 2 : at));
            at += range ? 3 : 1;
        }
        return new OneOf(ranges.toString(), negated);
    }
}
