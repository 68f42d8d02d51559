package dev.millrace.transform.jinja;

import java.util.function.Supplier;

/** What a name, attribute or item without a value gives. */
final class Undefined {

    private final Supplier<String> problem;
    private final Undefineds mode;
    private final boolean absent;

    private Undefined(Supplier<String> problem, Undefineds mode, boolean absent) {
        this.problem = problem;
        this.mode = mode;
        this.absent = absent;
    }

    /** A name that nothing is known by. */
    static Undefined unknown(Supplier<String> problem, Undefineds mode) {
        return new Undefined(problem, mode, false);
    }

    /** An attribute or item that a known value has not. */
    static Undefined absent(Supplier<String> problem, Undefineds mode) {
        return new Undefined(problem, mode, true);
    }

    JinjaException mistake() {
        return new JinjaException(problem.get());
    }

    boolean falsy() {
        return absent || mode != Undefineds.STRICT;
    }

    /** Whether it prints as nothing and has no items, rather than being a mistake. */
    boolean empty() {
        return mode != Undefineds.STRICT;
    }

    boolean chainable() {
        return mode == Undefineds.CHAINABLE;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
        return 0;
    }
}
