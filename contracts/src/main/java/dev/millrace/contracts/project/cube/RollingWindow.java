package dev.millrace.contracts.project.cube;

import org.jspecify.annotations.Nullable;

/**
 * The window of time around each point that a measure looks over.
 *
 * @param trailing how far it reaches back, {@link #UNBOUNDED}, or not at all
 * @param leading how far it reaches ahead, {@link #UNBOUNDED}, or not at all
 * @param fromStart whether it reaches from the beginning of each unit; otherwise from its end
 * @param toDate the unit since whose beginning it counts, in place of the others
 */
public record RollingWindow(
        @Nullable String trailing,
        @Nullable String leading,
        boolean fromStart,
        @Nullable String toDate) {

    /** A side of the window without an end. */
    public static final String UNBOUNDED = "unbounded";
}
