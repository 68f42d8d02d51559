package dev.millrace.transform.jinja;

/** The filter {@code title}: a word begins after a space, hyphen or opening bracket. */
final class Titles {

    private Titles() {}

    static String of(String text) {
        StringBuilder title = new StringBuilder(text.length());
        boolean begins = true;
        for (int point : text.codePoints().toArray()) {
            title.appendCodePoint(
                    begins ? Character.toUpperCase(point) : Character.toLowerCase(point));
            begins = Character.isWhitespace(point) || "-({[<".indexOf(point) >= 0;
        }
        return title.toString();
    }
}
