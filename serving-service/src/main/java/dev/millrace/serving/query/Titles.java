package dev.millrace.serving.query;

import java.util.Set;
import java.util.regex.Pattern;

/** Makes titles of names as Cube does: {@code freight_rolling_3m} is Freight Rolling3 M. */
final class Titles {

    private static final Pattern HUMP =
            Pattern.compile("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
    private static final Set<String> SMALL_WORDS =
            Set.of(
                    "and", "or", "nor", "a", "an", "the", "so", "but", "to", "of", "at", "by",
                    "from", "into", "on", "onto", "off", "out", "in", "over", "with", "for");

    private Titles() {}

    static String of(String name) {
        String camel =
                camelCase(HUMP.matcher(name).replaceAll("-").toLowerCase(java.util.Locale.ROOT));
        StringBuilder title = new StringBuilder();
        for (String word :
                camel.replaceAll("([A-Z])", " $1")
                        .strip()
                        .toLowerCase(java.util.Locale.ROOT)
                        .split(" ", -1)) {
            String spaced = SMALL_WORDS.contains(word) && !title.isEmpty() ? word : capital(word);
            title.append(title.isEmpty() ? "" : " ").append(spaced);
        }
        return title.toString();
    }

    private static String camelCase(String lower) {
        StringBuilder camel = new StringBuilder();
        boolean next = true;
        for (int i = 0; i < lower.length(); i++) {
            char c = lower.charAt(i);
            if (c == '_' || c == '-' || c == '.' || c == ' ') {
                next = true;
            } else {
                camel.append(next ? Character.toUpperCase(c) : c);
                // A letter after digits is taken for the beginning of a word.
                next = Character.isDigit(c);
            }
        }
        return camel.toString();
    }

    private static String capital(String word) {
        return word.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }
}
