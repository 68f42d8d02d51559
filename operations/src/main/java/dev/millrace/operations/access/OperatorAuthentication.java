package dev.millrace.operations.access;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

import java.util.List;

/** An operator as Spring Security sees one, with an authority for each role included. */
final class OperatorAuthentication extends AbstractAuthenticationToken {

    private final Operator operator;

    private OperatorAuthentication(Operator operator) {
        super(authorities(operator));
        this.operator = operator;
        setAuthenticated(true);
    }

    /** Authenticates what {@link PresentedToken} found. */
    static AuthenticationManager manager(OperatorTokens tokens) {
        return presented -> {
            if (!(presented instanceof BearerTokenAuthenticationToken bearer)) {
                throw new InvalidBearerTokenException("there is no token");
            }
            return authenticate(tokens, bearer.getToken());
        };
    }

    private static Authentication authenticate(OperatorTokens tokens, String token) {
        try {
            return tokens.verify(token)
                    .map(OperatorAuthentication::new)
                    .orElseThrow(
                            () ->
                                    new InvalidBearerTokenException(
                                            "the token or key is unknown, wrong, expired or"
                                                    + " revoked"));
        } catch (DataAccessException | JwtException e) {
            throw new AuthenticationServiceException("tokens cannot be verified now", e);
        }
    }

    private static List<GrantedAuthority> authorities(Operator operator) {
        OperatorRole role = operator.highestRole();
        return role == null
                ? List.of()
                : role.included().stream()
                        .<GrantedAuthority>map(r -> new SimpleGrantedAuthority("ROLE_" + r.name()))
                        .toList();
    }

    @Override
    public String getCredentials() {
        return "";
    }

    @Override
    public Operator getPrincipal() {
        return operator;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OperatorAuthentication that && operator.equals(that.operator);
    }

    @Override
    public int hashCode() {
        return operator.hashCode();
    }
}
