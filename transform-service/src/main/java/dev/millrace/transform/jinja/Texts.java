package dev.millrace.transform.jinja;

/**
 * What Python takes for space and for the end of a line, and how it orders texts: not as Java does.
 */
final class Texts {

    private Texts() {}

    static boolean isSpace(int point) {
        return Character.isWhitespace(point)
                || point == '\u0085'
                || point == '\u00a0'
                || point == '\u2007'
                || point == '\u202f';
    }

    static boolean endsLine(char c) {
        return c == '\n'
                || c == '\r'
                || c == '\u000b'
                || c == '\f'
                || (c >= '\u001c' && c <= '\u001e')
                || c == '\u0085'
                || c == '\u2028'
                || c == '\u2029';
    }

    static boolean isBlank(String text) {
        return text.codePoints().allMatch(Texts::isSpace);
    }

    static String stripLeading(String text) {
        int from = 0;
        while (from < text.length() && isSpace(text.charAt(from))) {
            from++;
        }
        return text.substring(from);
    }

    static String stripTrailing(String text) {
        int to = text.length();
        while (to > 0 && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(0, to);
    }

    static int compareByCodePoint(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char left = a.charAt(i);
            char right = b.charAt(i);
            if (left != right) {
                boolean bothOrNoneSurrogates =
                        Character.isSurrogate(left) == Character.isSurrogate(right);
                return bothOrNoneSurrogates
                        ? Character.compare(left, right)
                        : Character.isSurrogate(left) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
