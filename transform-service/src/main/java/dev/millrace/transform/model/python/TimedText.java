package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.JinjaException;

import java.time.Duration;

/**
 * A text that a pattern may look at for so long only: a pattern that goes back and forth without
 * end asks for characters all the while.
 */
final class TimedText implements CharSequence {

    private static final Duration TIME = Duration.ofSeconds(2);
    private static final int READS_BETWEEN_CLOCK_READS = 4096;

    private final String text;
    private final long deadline = System.nanoTime() + TIME.toNanos();
    private long reads;

    TimedText(String text) {
        this.text = text;
    }

    @Override
    public char charAt(int index) {
        if (++reads % READS_BETWEEN_CLOCK_READS == 0 && System.nanoTime() - deadline > 0) {
            throw new JinjaException(
                    "the pattern takes longer than "
                            + TIME.toSeconds()
                            + " s on this text; is there a repetition within a repetition?");
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
