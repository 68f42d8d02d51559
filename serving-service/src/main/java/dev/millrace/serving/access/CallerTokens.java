package dev.millrace.serving.access;

import dev.millrace.operations.access.Operator;
import dev.millrace.operations.access.OperatorRole;
import dev.millrace.operations.access.OperatorTokens;

import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.stereotype.Component;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import javax.crypto.spec.SecretKeySpec;

/**
 * Recognizes callers by what they present. The algorithm is the one configured, never the token's.
 */
@Component
class CallerTokens {

    /** The claim that narrows what a token is for. */
    static final String SCOPES = "scopes";

    private final @Nullable JwtDecoder decoder;
    private final OperatorTokens operators;
    private final CallerKeys keys;
    private final VerifiedTokens verified;

    CallerTokens(
            ApiTokenSettings settings, OperatorTokens operators, CallerKeys keys, Clock clock) {
        this.decoder = decoder(settings, clock);
        this.operators = operators;
        this.keys = keys;
        this.verified = new VerifiedTokens(clock);
    }

    private static @Nullable JwtDecoder decoder(ApiTokenSettings settings, Clock clock) {
        String secret = settings.apiSecret();
        String keySet = settings.jwkSetUri();
        if (secret == null && keySet == null) {
            return null;
        }
        NimbusJwtDecoder decoder =
                secret != null
                        ? NimbusJwtDecoder.withSecretKey(
                                        new SecretKeySpec(
                                                secret.getBytes(StandardCharsets.UTF_8),
                                                "HmacSHA256"))
                                .macAlgorithm(MacAlgorithm.HS256)
                                .build()
                        : NimbusJwtDecoder.withJwkSetUri(Objects.requireNonNull(keySet))
                                .jwsAlgorithm(SignatureAlgorithm.RS256)
                                .build();
        JwtTimestampValidator times = new JwtTimestampValidator(Duration.ZERO);
        times.setClock(clock);
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(times));
        return decoder;
    }

    /**
     * Whose token this is; empty if it is not good.
     *
     * @throws org.springframework.dao.DataAccessException if API keys cannot be looked up
     * @throws org.springframework.security.oauth2.jwt.JwtException if a key set cannot be fetched
     */
    Optional<Caller> verify(String token) {
        if (token.startsWith(CallerKey.PREFIX)) {
            return keys.verify(token).map(CallerTokens::caller);
        }
        JwtDecoder signed = decoder;
        Optional<Caller> caller =
                signed == null
                        ? Optional.empty()
                        : verified.callerOf(token, unknown -> decode(signed, unknown));
        return caller.isPresent()
                ? caller
                : operators
                        .verify(token)
                        .filter(operator -> operator.is(OperatorRole.READER))
                        .map(CallerTokens::caller);
    }

    private static Optional<Caller> decode(JwtDecoder decoder, String token) {
        try {
            return Optional.of(caller(decoder.decode(token)));
        } catch (BadJwtException e) {
            return Optional.empty();
        }
    }

    private static Caller caller(Jwt jwt) {
        return new Caller(
                jwt.getSubject() == null ? "token" : jwt.getSubject(),
                securityContext(jwt.getClaims()),
                new Caller.Token(jwt.getExpiresAt()),
                scopes(jwt.getClaims()));
    }

    /** Those that the token names; in both places where it may, if it does in both. */
    private static Set<Scope> scopes(Map<String, Object> claims) {
        boolean named =
                claims.containsKey(SCOPES)
                        || (claims.get("u") instanceof Map<?, ?> nested
                                && nested.containsKey(SCOPES));
        Set<Scope> scopes = new HashSet<>(named ? Scope.ALL : Scope.UNNAMED);
        for (Object level : Arrays.asList(claims, claims.get("u"))) {
            if (level instanceof Map<?, ?> names && names.containsKey(SCOPES)) {
                scopes.retainAll(Scope.named(names.get(SCOPES)));
            }
        }
        return scopes;
    }

    /**
     * Older clients nest their claims under {@code u}. What is said of the token itself is not said
     * there: it was checked at the top alone.
     */
    static Map<String, Object> securityContext(Map<String, Object> claims) {
        Map<String, Object> context = new HashMap<>(claims);
        if (claims.get("u") instanceof Map<?, ?> nested) {
            nested.forEach(
                    (key, value) -> {
                        if (!Caller.OF_THE_TOKEN.contains(String.valueOf(key))) {
                            context.put(String.valueOf(key), value);
                        }
                    });
        }
        context.values().removeIf(Objects::isNull);
        return context;
    }

    private static Caller caller(Operator operator) {
        return new Caller(
                operator.name(),
                Map.of("operator", operator.name()),
                new Caller.Operators(),
                Scope.ALL);
    }

    static Caller caller(CallerKey key) {
        return new Caller(
                key.name(),
                key.securityContext(),
                new Caller.Key(key.id(), key.expiresAt(), key.limits()),
                key.scopes());
    }
}
