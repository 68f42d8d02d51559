package dev.millrace.transform.jinja;

import java.util.regex.Pattern;

/** Counts and wraps the words of a text. */
final class Words {

    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

    private Words() {}

    static int count(String text) {
        return (int) WORD.matcher(text).results().count();
    }

    static String wrap(String line, int width) {
        StringBuilder wrapped = new StringBuilder();
        String rest = line;
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int cut = space > 0 ? space : width;
            wrapped.append(rest, 0, cut).append('\n');
            rest = rest.substring(cut).stripLeading();
        }
        return wrapped.append(rest).toString();
    }
}
