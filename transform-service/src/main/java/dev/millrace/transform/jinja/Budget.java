package dev.millrace.transform.jinja;

/** What is left of the {@link Limits} of one rendering. */
final class Budget {

    private static final int STEPS_BETWEEN_CLOCK_READS = 1024;

    private final Limits limits;
    private final long deadline;
    private long steps;
    private long characters;
    private int depth;

    Budget(Limits limits) {
        this.limits = limits;
        this.deadline = System.nanoTime() + limits.time().toNanos();
    }

    void step() {
        if (++steps > limits.steps()) {
            throw new JinjaException(
                    "the template takes more than "
                            + limits.steps()
                            + " steps; is there a loop that grows?");
        }
        if (steps % STEPS_BETWEEN_CLOCK_READS == 0) {
            checkTime();
        }
    }

    /** To be asked before so many characters or items are made. */
    void spend(long count) {
        characters += Math.max(0, count);
        if (characters > limits.characters() || count > limits.characters()) {
            throw new JinjaException(
                    "the template makes more than " + limits.characters() + " characters of text");
        }
    }

    void enter() {
        if (++depth > limits.depth()) {
            depth--;
            throw new JinjaException(
                    "macros are nested more than "
                            + limits.depth()
                            + " deep; does one call itself without end?");
        }
    }

    void leave() {
        depth--;
    }

    private void checkTime() {
        if (System.nanoTime() - deadline > 0) {
            throw new JinjaException(
                    "the template takes longer than " + limits.time().toSeconds() + " s");
        }
    }
}
