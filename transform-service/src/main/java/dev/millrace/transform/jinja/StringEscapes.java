package dev.millrace.transform.jinja;

/** Python's escapes in a string literal. */
final class StringEscapes {

    private StringEscapes() {}

    static String decode(String literal, Place place) {
        if (literal.indexOf('\\') < 0) {
            return literal;
        }
        StringBuilder text = new StringBuilder(literal.length());
        int i = 0;
        while (i < literal.length()) {
            char c = literal.charAt(i);
            if (c != '\\' || i + 1 >= literal.length()) {
                text.append(c);
                i++;
                continue;
            }
            char escape = literal.charAt(i + 1);
            i += 2;
            switch (escape) {
                case '\n' -> {
                    // a backslash at the end of a line joins it with the next
                }
                case '\\', '\'', '"' -> text.append(escape);
                case 'a' -> text.append('\u0007');
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                case 'v' -> text.append('\u000b');
                case 'x' -> i = hexadecimal(literal, i, 2, text, place);
                case 'u' -> i = hexadecimal(literal, i, 4, text, place);
                case 'U' -> i = hexadecimal(literal, i, 8, text, place);
                case '0', '1', '2', '3', '4', '5', '6', '7' -> i = octal(literal, i - 1, text);
                default -> text.append('\\').append(escape);
            }
        }
        return text.toString();
    }

    private static int hexadecimal(
            String literal, int from, int digits, StringBuilder text, Place place) {
        int to = from + digits;
        try {
            text.appendCodePoint(Integer.parseInt(literal.substring(from, to), 16));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new JinjaException(
                    "the string has an escape of " + digits + " hexadecimal digits that is wrong",
                    place);
        }
        return to;
    }

    private static int octal(String literal, int from, StringBuilder text) {
        int to = from;
        while (to < literal.length()
                && to < from + 3
                && literal.charAt(to) >= '0'
                && literal.charAt(to) <= '7') {
            to++;
        }
        text.append((char) Integer.parseInt(literal.substring(from, to), 8));
        return to;
    }
}
