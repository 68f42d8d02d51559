package dev.millrace.operations.access;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtAudienceValidator;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.stereotype.Component;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import javax.crypto.spec.SecretKeySpec;

/**
 * Operators' JWTs. The algorithm is the one that the settings imply, never the one that a token
 * asks for, and a token without an end is no token.
 */
@Component
final class OperatorJwts {

    private static final Logger log = LoggerFactory.getLogger(OperatorJwts.class);

    /** A claim of many providers, which only counts where nobody chose another. */
    private static final String ROLE = "role";

    private static final int MIN_SECRET_BYTES = 32;
    private static final Set<SignatureAlgorithm> PUBLIC_KEY_ALGORITHMS =
            Set.of(SignatureAlgorithm.RS256, SignatureAlgorithm.PS256, SignatureAlgorithm.ES256);

    private final NimbusJwtDecoder decoder;
    private final List<String> rolesClaim;
    private final boolean readsRole;

    OperatorJwts(AccessSettings settings, Clock clock) {
        this.decoder = decoder(settings);
        this.decoder.setJwtValidator(validator(settings, clock));
        this.rolesClaim = List.of(settings.rolesClaim().split("\\.", -1));
        this.readsRole = settings.rolesClaim().equals(AccessSettings.DEFAULT_ROLES_CLAIM);
        if (isSet(settings.jwkSetUri()) && !isSet(settings.audience())) {
            log.warn(
                    "ANY TOKEN OF THE IDENTITY PROVIDER OPENS THE OPERATORS' DOORS, also one that"
                        + " was issued for another application: no audience is set. Set"
                        + " MILLRACE_ACCESS_AUDIENCE (millrace.access.audience) to what 'aud' holds"
                        + " in tokens for Millrace.");
        }
    }

    /**
     * Whose token this is; empty if it is not good.
     *
     * @throws org.springframework.security.oauth2.jwt.JwtException if the keys that would tell
     *     cannot be fetched
     */
    Optional<Operator> verify(String token) {
        try {
            return Optional.of(operator(decoder.decode(token)));
        } catch (BadJwtException e) {
            return Optional.empty();
        }
    }

    private Operator operator(Jwt jwt) {
        String name =
                Stream.of("sub", "client_id", "azp", "jti")
                        .map(jwt::getClaimAsString)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse("a token without subject");
        OperatorRole role =
                roles(jwt.getClaims())
                        .flatMap(text -> OperatorRole.of(text).stream())
                        .max(Comparator.naturalOrder())
                        .orElse(null);
        return new Operator(name, role, "token");
    }

    private Stream<String> roles(Map<String, Object> claims) {
        Object value = claims;
        for (String step : rolesClaim) {
            value = value instanceof Map<?, ?> object ? object.get(step) : null;
        }
        return readsRole ? Stream.concat(texts(value), texts(claims.get(ROLE))) : texts(value);
    }

    private static Stream<String> texts(@Nullable Object value) {
        return switch (value) {
            case Collection<?> list -> list.stream().map(String::valueOf);
            case String text -> Stream.of(text);
            case null, default -> Stream.empty();
        };
    }

    private static NimbusJwtDecoder decoder(AccessSettings settings) {
        String secret = settings.jwtSecret();
        String keys = settings.jwkSetUri();
        boolean bySecret = isSet(secret);
        boolean byKeys = isSet(keys);
        if (secret != null && bySecret && !byKeys) {
            return bySecret(secret);
        }
        if (keys != null && byKeys && !bySecret) {
            return NimbusJwtDecoder.withJwkSetUri(keys)
                    .jwsAlgorithms(algorithms -> algorithms.addAll(PUBLIC_KEY_ALGORITHMS))
                    .build();
        }
        throw new UnusableAccessSettingsException(
                bySecret
                        ? "Both a secret and a key set are set for operators' tokens."
                        : "Nothing says how operators' tokens are verified, so nobody could enter.",
                "Set one of MILLRACE_ACCESS_JWTSECRET (tokens signed with HS256; at least 32"
                        + " bytes, for example from 'openssl rand -base64 48') and"
                        + " MILLRACE_ACCESS_JWKSETURI (the key set of your identity provider).");
    }

    private static NimbusJwtDecoder bySecret(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < MIN_SECRET_BYTES) {
            throw new UnusableAccessSettingsException(
                    "The secret of operators' tokens (millrace.access.jwt-secret) has %d bytes; it needs %d."
                            .formatted(bytes.length, MIN_SECRET_BYTES),
                    "Set MILLRACE_ACCESS_JWTSECRET to a longer one, for example from"
                            + " 'openssl rand -base64 48', and sign tokens with that.");
        }
        return NimbusJwtDecoder.withSecretKey(new SecretKeySpec(bytes, "HmacSHA256"))
                .macAlgorithm(MacAlgorithm.HS256)
                .build();
    }

    private static OAuth2TokenValidator<Jwt> validator(AccessSettings settings, Clock clock) {
        JwtTimestampValidator times = new JwtTimestampValidator();
        times.setClock(clock);
        times.setAllowEmptyExpiryClaim(false);
        List<OAuth2TokenValidator<Jwt>> validators = new ArrayList<>();
        validators.add(times);
        if (settings.issuer() != null && isSet(settings.issuer())) {
            validators.add(new JwtIssuerValidator(settings.issuer()));
        }
        if (settings.audience() != null && isSet(settings.audience())) {
            validators.add(new JwtAudienceValidator(settings.audience()));
        }
        return new DelegatingOAuth2TokenValidator<>(validators);
    }

    private static boolean isSet(@Nullable String setting) {
        return setting != null && !setting.isBlank();
    }
}
