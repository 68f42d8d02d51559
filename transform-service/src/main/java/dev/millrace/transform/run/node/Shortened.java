package dev.millrace.transform.run.node;

/** Keeps what is told of a node short: PostgreSQL repeats values of any length in its messages. */
public final class Shortened {

    private Shortened() {}

    /** The head of a text, with a mark where it was cut. */
    public static String to(int limit, String text) {
        if (text.length() <= limit) {
            return text;
        }
        String mark = "… (cut, of " + text.length() + " characters)";
        int end = Math.max(0, limit - mark.length());
        if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end) + mark;
    }
}
