package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.Position;

/**
 * A way from one cube to another.
 *
 * @param target the cube that it leads to
 * @param condition when a row of the one belongs to a row of the other
 */
public record Join(
        String target, Position position, Relationship relationship, SqlTemplate condition) {

    /** How many rows of the target belong to rows of the cube that declares the join. */
    public enum Relationship {
        ONE_TO_ONE,
        ONE_TO_MANY,
        MANY_TO_ONE
    }
}
