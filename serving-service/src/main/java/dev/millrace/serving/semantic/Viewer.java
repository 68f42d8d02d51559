package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.AccessPolicy;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whose eyes a model is seen with.
 *
 * @param groups the groups that policies name
 * @param claims what the caller's token says
 * @param platform whether it is Millrace itself, which no policy limits
 */
public record Viewer(Set<String> groups, Map<String, Object> claims, boolean platform) {

    /** Millrace itself, as when it looks after alerts. Never a caller. */
    public static final Viewer PLATFORM = new Viewer(Set.of(), Map.of(), true);

    public Viewer {
        groups = Set.copyOf(groups);
        claims = Map.copyOf(claims);
    }

    public static Viewer of(Set<String> groups, Map<String, Object> claims) {
        return new Viewer(groups, claims, false);
    }

    boolean isIn(List<String> wanted) {
        return wanted.contains(AccessPolicy.EVERYBODY)
                || wanted.stream().anyMatch(groups::contains);
    }

    /** The claim at the end of the names; nothing if it is not there. */
    Optional<Object> claim(List<String> path) {
        @Nullable Object at = claims;
        for (String name : path) {
            at = at instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return Optional.ofNullable(at);
    }

    /**
     * The texts of a claim: its own, or those of its items; nothing if it is no text, number or
     * list of them.
     */
    Optional<List<String>> texts(List<String> path) {
        return claim(path).flatMap(Viewer::texts);
    }

    private static Optional<List<String>> texts(Object claim) {
        if (claim instanceof Collection<?> items) {
            boolean plain = items.stream().allMatch(Viewer::isPlain);
            return plain
                    ? Optional.of(items.stream().map(String::valueOf).toList())
                    : Optional.empty();
        }
        return isPlain(claim) ? Optional.of(List.of(String.valueOf(claim))) : Optional.empty();
    }

    private static boolean isPlain(@Nullable Object claim) {
        return claim instanceof Boolean
                || claim instanceof Number
                || (claim instanceof String text && text.indexOf('\0') < 0);
    }

    boolean meets(AccessPolicy.TokenCondition condition) {
        return switch (condition) {
            case AccessPolicy.Holds(AccessPolicy.Claim claim) ->
                    claim(claim.path()).filter(Viewer::isTrue).isPresent();
            case AccessPolicy.Equals(AccessPolicy.Claim claim, String text) ->
                    text == null
                            ? claim(claim.path()).isEmpty()
                            : claim(claim.path())
                                    .filter(value -> String.valueOf(value).equals(text))
                                    .isPresent();
            case AccessPolicy.Not(AccessPolicy.TokenCondition inner) -> !meets(inner);
        };
    }

    private static boolean isTrue(Object value) {
        return switch (value) {
            case Boolean flag -> flag;
            case Number number -> number.doubleValue() != 0;
            case String text -> !text.isEmpty();
            default -> true;
        };
    }
}
