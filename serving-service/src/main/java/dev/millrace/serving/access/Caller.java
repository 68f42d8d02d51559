package dev.millrace.serving.access;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
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
 * @param name for logs: the token's subject, or the name of the key or the operator
 * @param securityContext the claims of the token or key, which a model may refer to
 * @param credential what was presented
 * @param scopes what it may be used for
 */
public record Caller(
        String name,
        Map<String, Object> securityContext,
        Credential credential,
        Set<Scope> scopes) {

    /** Where a request keeps its caller. */
    static final String ATTRIBUTE = Caller.class.getName();

    /** Claims that differ between tokens of one caller. */
    static final Set<String> OF_THE_TOKEN = Set.of("iat", "exp", "nbf", "jti");

    /** Where tokens name groups; Cube had roles before it had groups. */
    private static final List<String> GROUP_CLAIMS = List.of("groups", "group", "roles", "role");

    /** What callers present. No claim makes an operator. */
    public sealed interface Credential {

        /** The word for it in the books. */
        String kind();
    }

    /**
     * A token that somebody signed.
     *
     * @param end when it ends, if it does
     */
    public record Token(@Nullable Instant end) implements Credential {
        @Override
        public String kind() {
            return "token";
        }
    }

    /** An operator's token or key. */
    public record Operators() implements Credential {
        @Override
        public String kind() {
            return "operator";
        }
    }

    /**
     * A key of the metrics doors.
     *
     * @param id which one
     * @param end when it ends, if it does
     * @param limits its own budgets
     */
    public record Key(String id, @Nullable Instant end, Limits limits) implements Credential {
        @Override
        public String kind() {
            return "key";
        }
    }

    /**
     * An address that somebody made.
     *
     * @param kind what its maker presented
     * @param keyId the maker's key, if it was one
     * @param end when it ends
     * @param limits the budgets of the maker's key
     */
    public record Address(String kind, @Nullable String keyId, Instant end, Limits limits)
            implements Credential {}

    /** With a token of these claims, which names no scopes and has no end. */
    public Caller(String name, Map<String, Object> securityContext) {
        this(name, securityContext, new Token(null), Scope.UNNAMED);
    }

    public Caller {
        securityContext = Map.copyOf(securityContext);
        scopes = Set.copyOf(scopes);
    }

    /** Whether it is an operator. */
    public boolean operator() {
        return credential instanceof Operators;
    }

    /** The id of the key that was presented, if it was one. */
    public Optional<String> keyId() {
        return switch (credential) {
            case Key key -> Optional.of(key.id());
            case Address address -> Optional.ofNullable(address.keyId());
            case Token _, Operators _ -> Optional.empty();
        };
    }

    /** Its own budgets. */
    public Limits limits() {
        return switch (credential) {
            case Key key -> key.limits();
            case Address address -> address.limits();
            case Token _, Operators _ -> Limits.NONE;
        };
    }

    /** What is counted and written down under one name: tokens of a subject, or a key. */
    public String account() {
        return credential.kind() + ":" + name;
    }

    /**
     * Goes on only with the scope.
     *
     * @throws MissingScopeException without
     */
    public void require(Scope scope) {
        if (!scopes.contains(scope)) {
            throw new MissingScopeException(scope);
        }
    }

    /** When what was presented ends; nothing if it has no end. */
    public Optional<Instant> expires() {
        return switch (credential) {
            case Key key -> Optional.ofNullable(key.end());
            case Address address -> Optional.of(address.end());
            case Token token -> Optional.ofNullable(token.end());
            case Operators _ -> Optional.empty();
        };
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

    /** What callers have in common who may see the same, whichever tokens they bring. */
    public Map<String, Object> sight() {
        return securityContext.entrySet().stream()
                .filter(claim -> !OF_THE_TOKEN.contains(claim.getKey()))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
