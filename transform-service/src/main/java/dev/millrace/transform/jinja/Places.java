package dev.millrace.transform.jinja;

/** Tells lines and columns of offsets that only grow, so that lines are counted once over. */
final class Places {

    private final String template;
    private final String text;
    private int line = 1;
    private int lineStart;
    private int counted;

    Places(Source source) {
        this.template = source.template();
        this.text = source.whole();
    }

    Place at(int offset) {
        for (; counted < offset && counted < text.length(); counted++) {
            char c = text.charAt(counted);
            boolean lineEnd =
                    c == '\n'
                            || (c == '\r'
                                    && (counted + 1 == text.length()
                                            || text.charAt(counted + 1) != '\n'));
            if (lineEnd) {
                line++;
                lineStart = counted + 1;
            }
        }
        return new Place(template, line, Math.max(0, offset - lineStart) + 1);
    }
}
