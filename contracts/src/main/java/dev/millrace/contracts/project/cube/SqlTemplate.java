package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.Position;

import java.util.List;
import java.util.stream.Collectors;
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

    /**
     * The conditions that a query sets on some members, on columns in their place; true where it
     * sets none.
     */
    public record FilterGroup(List<FilterParameter> members) implements Part {

        public FilterGroup {
            members = List.copyOf(members);
        }
    }

    /**
     * A member whose filters are repeated.
     *
     * @param column SQL in the member's place
     */
    public record FilterParameter(String cube, String member, String column) {}

    /**
     * The condition that a column has the value, or one of the values, of a claim.
     *
     * @param claim the names that lead to it in the caller's token
     * @param required whether a token without it is refused; otherwise the condition is true then
     */
    public record ContextFilter(List<String> claim, String column, boolean required)
            implements Part {

        public ContextFilter {
            claim = List.copyOf(claim);
        }
    }

    /** The table or query of another cube. */
    public record Relation(String cube) implements Part {}

    public SqlTemplate {
        parts = List.copyOf(parts);
    }

    /** The SQL as it was written, but for comments. */
    public String source() {
        return parts.stream().map(SqlTemplate::source).collect(Collectors.joining());
    }

    private static String source(Part part) {
        return switch (part) {
            case Text(String sql) -> sql;
            case Reference reference -> reference.toString();
            case Relation(String cube) -> "{" + cube + ".sql()}";
            case ContextFilter(List<String> claim, String column, boolean required) ->
                    "{SECURITY_CONTEXT.%s.%s('%s')}"
                            .formatted(
                                    String.join(".", claim),
                                    required ? "requiredFilter" : "filter",
                                    column);
            case FilterGroup(List<FilterParameter> members) -> {
                String all =
                        members.stream()
                                .map(
                                        m ->
                                                "FILTER_PARAMS.%s.%s.filter('%s')"
                                                        .formatted(
                                                                m.cube(), m.member(), m.column()))
                                .collect(Collectors.joining(", "));
                yield members.size() == 1 ? "{" + all + "}" : "{FILTER_GROUP(" + all + ")}";
            }
        };
    }

    public Stream<Reference> references() {
        return parts.stream().filter(Reference.class::isInstance).map(Reference.class::cast);
    }
}
