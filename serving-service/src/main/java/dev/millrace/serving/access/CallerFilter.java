package dev.millrace.serving.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.web.filter.OncePerRequestFilter;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lets nobody to the metrics doors without a good token, and refuses in Cube's words. */
final class CallerFilter extends OncePerRequestFilter {

    private static final Logger log = LoggerFactory.getLogger(CallerFilter.class);
    private static final String BEARER = "bearer ";
    private static final int TOO_MANY_REQUESTS = 429;

    private final CallerTokens tokens;
    private final Embeds embeds;
    private final TenantTokens tenants;
    private final List<Gate> gates;
    private final Clock clock;

    CallerFilter(
            CallerTokens tokens,
            Embeds embeds,
            TenantTokens tenants,
            List<Gate> gates,
            Clock clock) {
        this.tokens = tokens;
        this.embeds = embeds;
        this.tenants = tenants;
        this.gates = List.copyOf(gates);
        this.clock = clock;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Caller> caller;
        try {
            caller = caller(request, response);
        } catch (DataAccessException | JwtException e) {
            log.error("Tokens cannot be verified", e);
            unavailable(response);
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
            refuse(response, HttpServletResponse.SC_FORBIDDEN, "Authorization header isn't set");
            return Optional.empty();
        }
        String token =
                header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                        ? header.substring(BEARER.length()).strip()
                        : header.strip();
        Optional<Caller> caller = token.isEmpty() ? Optional.empty() : tokens.verify(token);
        if (caller.isEmpty()) {
            refuse(response, HttpServletResponse.SC_FORBIDDEN, "Invalid token");
        }
        return caller;
    }

    /** Who made the address; whatever else is presented does not matter there. */
    private Optional<Caller> embedded(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Optional<Embeds.Embedded> embedded =
                embeds.open(request.getRequestURI().substring(DoorScopes.ADDRESSES.length()));
        if (embedded.isEmpty()) {
            refuse(response, HttpServletResponse.SC_FORBIDDEN, "This address is not good any more");
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
        Visit visit =
                new Visit(
                        caller,
                        tenants.namesOf(caller),
                        DoorScopes.door(request.getRequestURI()),
                        clock.instant());
        visit.requestId(Visit.requestIdOf(request.getHeader("x-request-id")));
        CountedResponse counted = new CountedResponse(response);
        boolean answered = false;
        try {
            for (Gate gate : gates) {
                visit.entered(gate.enter(visit));
            }
            DoorScopes.check(request.getRequestURI(), caller);
            request.setAttribute(Caller.ATTRIBUTE, caller);
            request.setAttribute(Visit.ATTRIBUTE, visit);
            chain.doFilter(request, counted);
            answered = true;
        } catch (MissingScopeException e) {
            refuse(counted, HttpServletResponse.SC_FORBIDDEN, String.valueOf(e.getMessage()));
            answered = true;
        } catch (GateClosedException e) {
            refuse(counted, e);
            answered = true;
        } catch (DataAccessException e) {
            log.error("Budgets cannot be looked up", e);
            unavailable(counted);
            answered = true;
        } finally {
            if (!answered || counted.failed()) {
                visit.broke();
            }
            visit.over(counted.getStatus(), counted.sent());
        }
    }

    private static void refuse(HttpServletResponse response, GateClosedException closed)
            throws IOException {
        response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(closed.retryAfterSeconds()));
        refuse(
                response,
                closed.reason() == GateClosedException.Reason.BUDGET
                        ? TOO_MANY_REQUESTS
                        : HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                "Error: " + closed.getMessage());
    }

    private static void unavailable(HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.RETRY_AFTER, "1");
        refuse(
                response,
                HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                "Error: tokens cannot be verified now; try again in a moment");
    }

    private static void refuse(HttpServletResponse response, int status, String error)
            throws IOException {
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream()
                .write(JsonMapper.shared().writeValueAsBytes(Map.of("error", error)));
    }

    /** Counts the bytes of a body. */
    private static final class CountedResponse extends HttpServletResponseWrapper {

        private @Nullable CountedStream stream;

        CountedResponse(HttpServletResponse response) {
            super(response);
        }

        boolean failed() {
            return stream != null && stream.failed;
        }

        long sent() {
            return stream == null ? 0 : stream.count;
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            CountedStream counted = stream;
            if (counted == null) {
                counted = new CountedStream(super.getOutputStream());
                stream = counted;
            }
            return counted;
        }
    }

    private static final class CountedStream extends ServletOutputStream {

        private final ServletOutputStream out;
        private long count;
        private boolean failed;

        CountedStream(ServletOutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                out.write(bytes, from, length);
            } catch (IOException e) {
                failed = true;
                throw e;
            }
            count += length;
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                failed = true;
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
        }

        @Override
        public boolean isReady() {
            return out.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            out.setWriteListener(listener);
        }
    }
}
