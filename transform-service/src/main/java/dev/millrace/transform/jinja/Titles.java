package dev.millrace.transform.jinja;

/** The filter {@code title}: a word begins after a space, hyphen or opening bracket. */
final class Titles {

    private Titles() {}

    static String of(String text) {
        StringBuilder title = new StringBuilder(text.length());
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || begins(text.charAt(i))) {
                title.append(word(text.substring(from, i)));
                if (i < text.length()) {
                    title.append(text.charAt(i));
                }
                from = i + 1;
            }
        }
        return title.toString();
    }

    private static String word(String word) {
        if (word.isEmpty()) {
            return word;
        }
        int first = word.offsetByCodePoints(0, 1);
        return Casing.upper(word.substring(0, first)) + Casing.lower(word.substring(first));
    }

    private static boolean begins(char c) {
        return Texts.isSpace(c) || "-({[<".indexOf(c) >= 0;
    }
}
