package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.Position;

import java.util.List;
import java.util.stream.Stream;

/**
 * SQL with references to members in it. Its quotes, comments and parentheses are known to be
 * closed, so that it can stand inside other SQL without changing what that means.
 *
 * @param position where it stands
 */
public record SqlTemplate(Position position, List<Part> parts) {

    /** A piece of a template. */
    public sealed interface Part {}

    /** SQL as it is. */
    public record Text(String sql) implements Part {}

    /** The names between braces: a member, a cube, or a cube and its member. */
    public record Reference(List<String> path) implements Part {

        public Reference {
            path = List.copyOf(path);
        }

        @Override
        public String toString() {
            return "{" + String.join(".", path) + "}";
        }
    }

    public SqlTemplate {
        parts = List.copyOf(parts);
    }

    public Stream<Reference> references() {
        return parts.stream().filter(Reference.class::isInstance).map(Reference.class::cast);
    }
}
