package dev.millrace.serving.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.web.filter.OncePerRequestFilter;

import java.io.IOException;
import java.util.Optional;

/** Lets nobody to the metrics doors without a good token, and refuses in Cube's words. */
final class CallerFilter extends OncePerRequestFilter {

    private static final Logger log = LoggerFactory.getLogger(CallerFilter.class);

    private final CallerDoors doors;
    private final Embeds embeds;

    CallerFilter(CallerDoors doors, Embeds embeds) {
        this.doors = doors;
        this.embeds = embeds;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getAttribute(Visit.ATTRIBUTE) instanceof Visit begun) {
            goOn(begun, request, response, chain);
            return;
        }
        Optional<Caller> caller;
        try {
            caller = caller(request, response);
        } catch (DataAccessException | JwtException e) {
            log.error("Tokens cannot be verified", e);
            CallerDoors.unavailable(response);
            return;
        }
        if (caller.isPresent()) {
            visit(caller.get(), request, response, chain);
        }
    }

    /** Who asks; nobody, who is refused, without a good token. */
    private Optional<Caller> caller(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (DoorScopes.isAddress(request.getRequestURI())) {
            return embedded(request, response);
        }
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || header.isBlank()) {
            CallerDoors.refuse(
                    response, HttpServletResponse.SC_FORBIDDEN, "Authorization header isn't set");
            return Optional.empty();
        }
        Optional<Caller> caller = doors.callerOf(header);
        if (caller.isEmpty()) {
            CallerDoors.refuse(response, HttpServletResponse.SC_FORBIDDEN, "Invalid token");
        }
        return caller;
    }

    /** Who made the address; whatever else is presented does not matter there. */
    private Optional<Caller> embedded(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Optional<Embeds.Embedded> embedded =
                embeds.open(request.getRequestURI().substring(DoorScopes.ADDRESSES.length()));
        if (embedded.isEmpty()) {
            CallerDoors.refuse(
                    response,
                    HttpServletResponse.SC_FORBIDDEN,
                    "This address is not good any more");
        }
        embedded.ifPresent(found -> request.setAttribute(Embeds.Embedded.class.getName(), found));
        return embedded.map(Embeds.Embedded::caller);
    }

    private void visit(
            Caller caller,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws ServletException, IOException {
        doors.visit(
                caller,
                DoorScopes.door(request.getRequestURI()),
                Visit.requestIdOf(request.getHeader("x-request-id")),
                response,
                (visit, counted) -> goOn(visit, request, counted, chain));
    }

    private static void goOn(
            Visit visit,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws ServletException, IOException {
        DoorScopes.check(request.getRequestURI(), visit.caller());
        request.setAttribute(Caller.ATTRIBUTE, visit.caller());
        CallerDoors.handOn(visit, request);
        chain.doFilter(request, response);
    }
}
