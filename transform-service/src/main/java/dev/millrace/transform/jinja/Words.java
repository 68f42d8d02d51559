package dev.millrace.transform.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts and wraps the words of a text.
 *
 * @param width most characters of a line
 * @param breaksLong whether a word that is longer is cut
 * @param breaksHyphens whether a line may end after a hyphen
 */
record Words(int width, boolean breaksLong, boolean breaksHyphens) {

    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final String SPACE = "[\\t\\n\\x0b\\f\\r ]";
    private static final String LETTER = "[^\\d\\W]";
    private static final Pattern CHUNK =
            Pattern.compile(
                    SPACE
                            + "+|(?<=[\\w!\"'&.,?])-{2,}(?=\\w)|[^\\t\\n\\x0b\\f\\r ]+?(?:"
                            + "-(?:(?<=%1$s{2}-)|(?<=%1$s-%1$s-))(?=%1$s-?%1$s)".formatted(LETTER)
                            + "|(?="
                            + SPACE
                            + "|\\z)|(?<=[\\w!\"'&.,?])(?=-{2,}\\w))",
                    Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern PLAIN_CHUNK = Pattern.compile(SPACE + "+|[^\\t\\n\\x0b\\f\\r ]+");

    static int count(String text) {
        return (int) WORD.matcher(text).results().count();
    }

    /** The lines of one line: none if it is blank. */
    List<String> wrap(String line) {
        Deque<String> chunks = new ArrayDeque<>();
        Matcher matcher = (breaksHyphens ? CHUNK : PLAIN_CHUNK).matcher(line);
        while (matcher.find()) {
            chunks.add(matcher.group());
        }
        List<String> lines = new ArrayList<>();
        while (!chunks.isEmpty()) {
            if (!lines.isEmpty() && isSpace(chunks.getFirst())) {
                chunks.removeFirst();
                continue;
            }
            Deque<String> current = line(chunks);
            if (!current.isEmpty() && isSpace(current.getLast())) {
                current.removeLast();
            }
            if (!current.isEmpty()) {
                lines.add(String.join("", current));
            }
        }
        return lines;
    }

    private Deque<String> line(Deque<String> chunks) {
        Deque<String> current = new ArrayDeque<>();
        int length = 0;
        while (!chunks.isEmpty() && length + chunks.getFirst().length() <= width) {
            length += chunks.getFirst().length();
            current.add(chunks.removeFirst());
        }
        if (!chunks.isEmpty() && chunks.getFirst().length() > width) {
            String longWord = chunks.removeFirst();
            if (breaksLong) {
                int cut = cut(longWord, width - length);
                current.add(longWord.substring(0, cut));
                chunks.addFirst(longWord.substring(cut));
            } else if (current.isEmpty()) {
                current.add(longWord);
            } else {
                chunks.addFirst(longWord);
            }
        }
        return current;
    }

    private int cut(String word, int space) {
        int most = Math.max(0, space);
        if (breaksHyphens && most > 0 && word.length() > most) {
            int hyphen = word.lastIndexOf('-', most - 1);
            boolean afterLetter =
                    hyphen > 0 && word.substring(0, hyphen).chars().anyMatch(c -> c != '-');
            return afterLetter ? hyphen + 1 : most;
        }
        return most;
    }

    private static boolean isSpace(String chunk) {
        return Texts.isBlank(chunk);
    }
}
