package dev.millrace.transform.jinja;

import java.util.Locale;

/** Small and capital letters, as Python's {@code str} turns them. */
final class Casing {

    private Casing() {}

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offsetByCodePoints(0, 1);
        return titleCase(text.codePointAt(0)) + lower(text.substring(first));
    }

    /** Each run of letters begins with a capital one. */
    static String title(String text) {
        StringBuilder title = new StringBuilder(text.length());
        boolean inWord = false;
        for (int point : text.codePoints().toArray()) {
            title.append(inWord ? lower(Character.toString(point)) : titleCase(point));
            inWord = isCased(point);
        }
        return title.toString();
    }

    static String swap(String text) {
        StringBuilder swapped = new StringBuilder(text.length());
        text.codePoints()
                .forEach(
                        point -> {
                            String one = Character.toString(point);
                            swapped.append(Character.isUpperCase(point) ? lower(one) : upper(one));
                        });
        return swapped.toString();
    }

    static boolean isLower(String text) {
        return hasCase(text) && text.codePoints().noneMatch(Casing::isCapital);
    }

    static boolean isUpper(String text) {
        return hasCase(text)
                && text.codePoints().noneMatch(p -> Character.isLowerCase(p) || isTitle(p));
    }

    static boolean isTitled(String text) {
        boolean inWord = false;
        boolean any = false;
        for (int point : text.codePoints().toArray()) {
            boolean begins = isCapital(point);
            if ((begins && inWord) || (Character.isLowerCase(point) && !inWord)) {
                return false;
            }
            inWord = isCased(point);
            any |= inWord;
        }
        return any;
    }

    private static String titleCase(int point) {
        String one = Character.toString(point);
        String upper = upper(one);
        return upper.length() > one.length()
                ? upper.substring(0, 1) + lower(upper.substring(1))
                : Character.toString(Character.toTitleCase(point));
    }

    private static boolean hasCase(String text) {
        return text.codePoints().anyMatch(Casing::isCased);
    }

    private static boolean isCased(int point) {
        return Character.isLowerCase(point) || isCapital(point);
    }

    private static boolean isCapital(int point) {
        return Character.isUpperCase(point) || isTitle(point);
    }

    private static boolean isTitle(int point) {
        return Character.isTitleCase(point);
    }
}
