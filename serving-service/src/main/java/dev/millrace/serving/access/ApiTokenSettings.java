package dev.millrace.serving.access;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

import java.nio.charset.StandardCharsets;

/**
 * How the tokens of the metrics doors are signed. With neither, only operators' tokens are good.
 *
 * @param apiSecret the shared secret of tokens signed with HS256; at least 32 bytes
 * @param jwkSetUri where the public keys of tokens signed with RS256 are
 */
@ConfigurationProperties("millrace.serving")
record ApiTokenSettings(@Nullable String apiSecret, @Nullable String jwkSetUri) {

    private static final int MIN_BYTES = 32;

    ApiTokenSettings {
        apiSecret = apiSecret == null || apiSecret.isBlank() ? null : apiSecret;
        jwkSetUri = jwkSetUri == null || jwkSetUri.isBlank() ? null : jwkSetUri;
        if (apiSecret != null && jwkSetUri != null) {
            throw new IllegalArgumentException(
                    "set either millrace.serving.api-secret or millrace.serving.jwk-set-uri");
        }
        if (apiSecret != null && apiSecret.getBytes(StandardCharsets.UTF_8).length < MIN_BYTES) {
            throw new IllegalArgumentException(
                    "millrace.serving.api-secret is shorter than 32 bytes; make one with: openssl"
                            + " rand -hex 32");
        }
    }

    @Override
    public String toString() {
        return "ApiTokenSettings[apiSecret=" + (apiSecret == null ? "none" : "***") + "]";
    }
}
