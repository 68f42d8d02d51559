package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

/**
 * A value from outside that takes part in operators, as a class of Python does by its methods.
 * {@code toString()} is its {@code str()}, and {@code equals} its {@code ==}.
 */
public interface Operand {

    /** Python's name of its type, for messages. */
    String typeName();

    /** {@code repr()}. */
    String representation();

    /** {@code this operator other}; null if the two do not go together. */
    default @Nullable Object apply(String operator, Object other) {
        return null;
    }

    /** {@code other operator this}, which is asked if the other does not know; null likewise. */
    default @Nullable Object applyReversed(String operator, Object other) {
        return null;
    }

    /** {@code -this}; null if it cannot have a sign. */
    default @Nullable Object negated() {
        return null;
    }

    /** {@code abs(this)}; null if it has no size. */
    default @Nullable Object absolute() {
        return null;
    }

    /** Less than, equal to or more than 0 as this is to the other; null if they have no order. */
    default @Nullable Integer order(Object other) {
        return null;
    }

    /** Whether {@code if} takes it for true. */
    default boolean truth() {
        return true;
    }

    /** {@code '{:spec}'.format(this)}; null if it is formatted as numbers and texts are. */
    default @Nullable String format(String spec) {
        return null;
    }
}
