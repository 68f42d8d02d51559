package dev.millrace.transform.jinja;

/**
 * A template's text, or a part of it that knows where it stands.
 *
 * @param template how errors call it
 * @param whole the text of the whole file
 * @param from where the part begins
 * @param to where it ends
 */
public record Source(String template, String whole, int from, int to) {

    Source(String template, String whole) {
        this(template, whole, 0, whole.length());
    }

    /**
     * @throws IllegalArgumentException if the part is not within the whole
     */
    public Source {
        if (from < 0 || to < from || whole.length() < to) {
            throw new IllegalArgumentException(
                    "a part from " + from + " to " + to + " of " + whole.length() + " characters");
        }
    }

    /** The part itself. */
    public String text() {
        return whole.substring(from, to);
    }

    Source part(int begin, int end) {
        return new Source(template, whole, begin, end);
    }

    /** A text with the line ends that Jinja gives it. */
    static String normalized(String text) {
        return text.indexOf('\r') < 0 ? text : text.replace("\r\n", "\n").replace('\r', '\n');
    }
}
