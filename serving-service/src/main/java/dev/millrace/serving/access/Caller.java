package dev.millrace.serving.access;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who asks.
 *
 * @param name for logs: the token's subject, or the operator's name
 * @param securityContext the claims of the token, which a model may refer to
 * @param operator whether it is an operator, whom no claim makes
 */
public record Caller(String name, Map<String, Object> securityContext, boolean operator) {

    /** Where a request keeps its caller. */
    static final String ATTRIBUTE = Caller.class.getName();

    /** Claims that differ between tokens of one caller. */
    private static final Set<String> OF_THE_TOKEN = Set.of("iat", "exp", "nbf", "jti");

    private static final String FEED_SCOPE = "feed";

    /** Where tokens name groups; Cube had roles before it had groups. */
    private static final List<String> GROUP_CLAIMS = List.of("groups", "group", "roles", "role");

    public Caller(String name, Map<String, Object> securityContext) {
        this(name, securityContext, false);
    }

    public Caller {
        securityContext = Map.copyOf(securityContext);
    }

    /** When the token that was presented ends; nothing if it has no end. */
    public Optional<Instant> expires() {
        return securityContext.get("exp") instanceof Instant end
                ? Optional.of(end)
                : Optional.empty();
    }

    /** The groups that the token names. */
    public Set<String> groups() {
        Set<String> groups = new TreeSet<>();
        for (String claim : GROUP_CLAIMS) {
            switch (securityContext.get(claim)) {
                case String group -> groups.add(group);
                case Collection<?> several ->
                        several.stream()
                                .filter(String.class::isInstance)
                                .map(String.class::cast)
                                .forEach(groups::add);
                case null, default -> {}
            }
        }
        return groups;
    }

    /**
     * Whether it may read relations of the warehouse as they are, past what cubes and their
     * policies show of them.
     */
    public boolean readsRelations() {
        return operator || scopes().contains(FEED_SCOPE);
    }

    /** The scopes of the token, by RFC 8693 or as a list. */
    private Set<String> scopes() {
        return switch (securityContext.get("scope")) {
            case String words ->
                    Arrays.stream(words.split(" ", -1)).collect(Collectors.toUnmodifiableSet());
            case Collection<?> several ->
                    several.stream()
                            .filter(String.class::isInstance)
                            .map(String.class::cast)
                            .collect(Collectors.toUnmodifiableSet());
            case null, default -> Set.of();
        };
    }

    /** What callers have in common who may see the same, whichever tokens they bring. */
    public Map<String, Object> sight() {
        return securityContext.entrySet().stream()
                .filter(claim -> !OF_THE_TOKEN.contains(claim.getKey()))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
