package dev.millrace.operations.access;

import org.springframework.stereotype.Component;

import java.util.Optional;

/** Recognizes operators by what they present: a JWT or an API key. */
@Component
public class OperatorTokens {

    private final OperatorJwts jwts;
    private final ApiKeys keys;

    OperatorTokens(OperatorJwts jwts, ApiKeys keys) {
        this.jwts = jwts;
        this.keys = keys;
    }

    /**
     * Whose token this is; empty if it is not good now.
     *
     * @throws org.springframework.dao.DataAccessException if the database does not answer
     * @throws org.springframework.security.oauth2.jwt.JwtException if the key set cannot be fetched
     */
    public Optional<Operator> verify(String token) {
        return token.startsWith(ApiKeySecret.PREFIX) ? keys.verify(token) : jwts.verify(token);
    }
}
