package dev.millrace.operations.access;

import dev.millrace.operations.problem.ProblemResponse;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.stereotype.Component;

import java.io.IOException;

/** Says no, and what the caller needs to get in. */
@Component
class Refusals {

    private static final Logger log = LoggerFactory.getLogger(Refusals.class);

    private final ProblemResponse problems;

    Refusals(ProblemResponse problems) {
        this.problems = problems;
    }

    /** Nobody was recognized. */
    void unauthorized(
            HttpServletRequest request,
            HttpServletResponse response,
            AuthenticationException failure)
            throws IOException {
        if (failure instanceof AuthenticationServiceException) {
            log.error("Operators' tokens cannot be verified", failure);
            problems.write(
                    request,
                    response,
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "Tokens cannot be verified now. Try again when the service is ready.");
            return;
        }
        boolean presented = failure instanceof InvalidBearerTokenException;
        response.addHeader(
                HttpHeaders.WWW_AUTHENTICATE,
                "Bearer realm=\"millrace\"" + (presented ? ", error=\"invalid_token\"" : ""));
        if (OperatorDoors.isDocumentation(request)) {
            response.addHeader(
                    HttpHeaders.WWW_AUTHENTICATE,
                    "Basic realm=\"Millrace: any name, and a key as password\"");
        }
        problems.write(
                request,
                response,
                HttpStatus.UNAUTHORIZED,
                presented
                        ? "Not accepted: " + failure.getMessage() + "."
                        : "This door is for operators: present a token (Authorization: Bearer …) or"
                                + " a key (X-API-Key: mr_…).");
    }

    /** Somebody was recognized whose role is too low. */
    void forbidden(
            HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException {
        problems.write(
                request,
                response,
                HttpStatus.FORBIDDEN,
                request.getUserPrincipal() instanceof OperatorAuthentication known
                        ? "%s has %s; this needs a higher role (reader, operator, admin)."
                                .formatted(
                                        known.getPrincipal().name(),
                                        known.getPrincipal().role().isEmpty()
                                                ? "no role"
                                                : "the role " + known.getPrincipal().role())
                        : "This is not allowed.");
    }

    /** No chain of the service knows the path. */
    void nothingHere(
            HttpServletRequest request, HttpServletResponse response, Exception unimportant)
            throws IOException {
        problems.write(request, response, HttpStatus.NOT_FOUND, "There is nothing at this path.");
    }
}
