package dev.millrace.operations.access;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.web.authentication.AuthenticationConverter;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Finds what a caller presents: {@code Authorization: Bearer}, {@code X-API-Key}, or for the pages
 * of the API's documentation, which a browser opens, the password of {@code Basic}.
 */
final class PresentedToken implements AuthenticationConverter {

    private static final String API_KEY = "X-API-Key";
    private static final String BEARER = "Bearer";
    private static final String BASIC = "Basic";

    @Override
    public @Nullable Authentication convert(HttpServletRequest request) {
        String token = token(request);
        return token == null ? null : new BearerTokenAuthenticationToken(token);
    }

    private static @Nullable String token(HttpServletRequest request) {
        String key = request.getHeader(API_KEY);
        String authorization = request.getHeader("Authorization");
        if (key != null && authorization != null) {
            throw new InvalidBearerTokenException(
                    "there is a token and a key; present only one of them");
        }
        if (key != null) {
            if (!key.startsWith(ApiKeySecret.PREFIX)) {
                throw new InvalidBearerTokenException("that is not an API key");
            }
            return key;
        }
        if (authorization == null) {
            return null;
        }
        int space = authorization.indexOf(' ');
        String scheme = space < 0 ? authorization : authorization.substring(0, space);
        String rest = space < 0 ? "" : authorization.substring(space).strip();
        if (scheme.equalsIgnoreCase(BEARER)) {
            return nonEmpty(rest);
        }
        if (scheme.equalsIgnoreCase(BASIC) && OperatorDoors.isDocumentation(request)) {
            return nonEmpty(password(rest));
        }
        return null;
    }

    private static String nonEmpty(String token) {
        if (token.isEmpty()) {
            throw new InvalidBearerTokenException("the token is empty");
        }
        return token;
    }

    private static String password(String basic) {
        try {
            String pair = new String(Base64.getDecoder().decode(basic), StandardCharsets.UTF_8);
            return pair.substring(pair.indexOf(':') + 1);
        } catch (IllegalArgumentException e) {
            throw new InvalidBearerTokenException("the Authorization header is not Basic", e);
        }
    }
}
