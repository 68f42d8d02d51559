package dev.millrace.contracts.project.cube;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A member of a cube as a view shows it.
 *
 * @param name what the view calls it
 * @param path the cubes from the view's root to the member's cube
 * @param member the member's name in that cube
 * @param about what the view says of it in place of the cube
 * @param format the format in place of the cube's
 */
public record ViewMember(
        String name, List<String> path, String member, About about, @Nullable String format) {

    public ViewMember {
        path = List.copyOf(path);
    }

    /** The cube that the member belongs to. */
    public String cube() {
        return path.getLast();
    }
}
