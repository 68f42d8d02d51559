package dev.millrace.operations.access;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How operators' tokens are verified.
 *
 * @param jwtSecret secret of tokens signed with HS256, at least 32 bytes
 * @param jwkSetUri where the public keys of tokens are, instead of the secret
 * @param issuer what {@code iss} must be, if given
 * @param audience what {@code aud} must contain, if given
 * @param rolesClaim the claim that lists roles; a path with dots leads into objects. With another
 *     than the default, the claim {@code role} counts no more
 */
@ConfigurationProperties("millrace.access")
record AccessSettings(
        @Nullable String jwtSecret,
        @Nullable String jwkSetUri,
        @Nullable String issuer,
        @Nullable String audience,
        @DefaultValue(DEFAULT_ROLES_CLAIM) String rolesClaim) {

    static final String DEFAULT_ROLES_CLAIM = "roles";

    /** Leaves the secret out: settings get into logs and messages. */
    @Override
    public String toString() {
        return "AccessSettings[jwkSetUri=" + jwkSetUri + ", issuer=" + issuer + "]";
    }
}
