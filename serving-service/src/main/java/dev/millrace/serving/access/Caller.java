package dev.millrace.serving.access;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who asks.
 *
 * @param name for logs: the token's subject, or the operator's name
 * @param securityContext the claims of the token, which a model may refer to
 */
public record Caller(String name, Map<String, Object> securityContext) {

    /** Where a request keeps its caller. */
    static final String ATTRIBUTE = Caller.class.getName();

    /** Claims that differ between tokens of one caller. */
    private static final Set<String> OF_THE_TOKEN = Set.of("iat", "exp", "nbf", "jti");

    public Caller {
        securityContext = Map.copyOf(securityContext);
    }

    /** When the token that was presented ends; nothing if it has no end. */
    public Optional<Instant> expires() {
        return securityContext.get("exp") instanceof Instant end
                ? Optional.of(end)
                : Optional.empty();
    }

    /** What callers have in common who may see the same, whichever tokens they bring. */
    public Map<String, Object> sight() {
        return securityContext.entrySet().stream()
                .filter(claim -> !OF_THE_TOKEN.contains(claim.getKey()))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
