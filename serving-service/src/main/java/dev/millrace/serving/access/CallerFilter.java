package dev.millrace.serving.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.web.filter.OncePerRequestFilter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Lets nobody to the metrics doors without a good token, and refuses in Cube's words. */
final class CallerFilter extends OncePerRequestFilter {

    private static final Logger log = LoggerFactory.getLogger(CallerFilter.class);
    private static final String BEARER = "bearer ";

    private final CallerTokens tokens;

    CallerFilter(CallerTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || header.isBlank()) {
            refuse(response, HttpServletResponse.SC_FORBIDDEN, "Authorization header isn't set");
            return;
        }
        String token =
                header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                        ? header.substring(BEARER.length()).strip()
                        : header.strip();
        Optional<Caller> caller;
        try {
            caller = token.isEmpty() ? Optional.empty() : tokens.verify(token);
        } catch (DataAccessException | JwtException e) {
            log.error("Tokens cannot be verified", e);
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            refuse(
                    response,
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "Error: tokens cannot be verified now; try again in a moment");
            return;
        }
        if (caller.isEmpty()) {
            refuse(response, HttpServletResponse.SC_FORBIDDEN, "Invalid token");
            return;
        }
        try {
            DoorScopes.check(request.getRequestURI(), caller.get());
        } catch (MissingScopeException e) {
            refuse(
                    response,
                    HttpServletResponse.SC_FORBIDDEN,
                    "API scope is missing: " + e.scope().text());
            return;
        }
        request.setAttribute(Caller.ATTRIBUTE, caller.get());
        chain.doFilter(request, response);
    }

    private static void refuse(HttpServletResponse response, int status, String error)
            throws IOException {
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream()
                .write(("{\"error\":\"" + error + "\"}").getBytes(StandardCharsets.UTF_8));
    }
}
