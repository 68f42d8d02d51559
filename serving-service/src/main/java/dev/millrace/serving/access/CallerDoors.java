package dev.millrace.serving.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsProcessor;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.cors.DefaultCorsProcessor;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Recognizes callers at the metrics doors, and lets them in. */
@Component
public final class CallerDoors {

    private static final Logger log = LoggerFactory.getLogger(CallerDoors.class);
    private static final String BEARER = "bearer ";
    private static final int TOO_MANY_REQUESTS = 429;

    /** Browsers anywhere may ask; what lets them in is the token, which no browser adds itself. */
    static final CorsConfiguration CROSS_ORIGIN = crossOrigin();

    private final CorsProcessor crossOrigins = new DefaultCorsProcessor();
    private final CallerTokens tokens;
    private final TenantTokens tenants;
    private final List<Gate> gates;
    private final Clock clock;
    private final MeterRegistry meters;

    CallerDoors(
            CallerTokens tokens,
            TenantTokens tenants,
            ObjectProvider<Gate> gates,
            Clock clock,
            MeterRegistry meters) {
        this.tokens = tokens;
        this.tenants = tenants;
        this.gates = gates.orderedStream().toList();
        this.clock = clock;
        this.meters = meters;
    }

    private static CorsConfiguration crossOrigin() {
        CorsConfiguration cors = new CorsConfiguration();
        cors.addAllowedOrigin(CorsConfiguration.ALL);
        cors.addAllowedHeader(CorsConfiguration.ALL);
        cors.setAllowedMethods(List.of("GET", "POST", "OPTIONS"));
        cors.setExposedHeaders(
                List.of(
                        "X-Request-Id",
                        "X-Total-Count",
                        "Retry-After",
                        "X-Millrace-Cursor",
                        "X-Millrace-More",
                        "X-Millrace-Reset"));
        cors.setMaxAge(Duration.ofHours(1));
        return cors;
    }

    /** What answers a request of somebody who was let in. */
    @FunctionalInterface
    public interface Answering {
        void answer(Visit visit, HttpServletResponse response) throws IOException, ServletException;
    }

    /**
     * Who presents a token in this way; nobody, if it is not good.
     *
     * @param authorization the header, with Bearer or without
     * @throws DataAccessException if keys cannot be looked up
     * @throws org.springframework.security.oauth2.jwt.JwtException if a key set cannot be fetched
     */
    public Optional<Caller> callerOf(String authorization) {
        String token =
                authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                        ? authorization.substring(BEARER.length()).strip()
                        : authorization.strip();
        return token.isEmpty() ? Optional.empty() : tokens.verify(token);
    }

    /** Whether a page says, if it is one that asks, where it is from, and nothing else. */
    public static boolean isOriginGood(HttpServletRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        try {
            return !CorsUtils.isCorsRequest(request) || CROSS_ORIGIN.checkOrigin(origin) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Lets the page that asks have the answer, wherever it is from; false if that was refused. */
    public boolean allowCrossOrigin(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        return crossOrigins.processRequest(CROSS_ORIGIN, request, response);
    }

    /** Leaves it to the rest of the chain to answer somebody who is in already. */
    public static void handOn(Visit visit, HttpServletRequest request) {
        request.setAttribute(Visit.ATTRIBUTE, visit);
    }

    /** Lets a caller in, or says why not, and has the books written of how it went. */
    public void visit(
            Caller caller,
            String door,
            String requestId,
            HttpServletResponse response,
            Answering answering)
            throws ServletException, IOException {
        Visit visit = new Visit(caller, tenants.namesOf(caller), door, clock.instant());
        visit.requestId(requestId);
        CountedResponse counted = new CountedResponse(response);
        boolean answered = false;
        try {
            for (Gate gate : gates) {
                visit.entered(gate.enter(visit));
            }
            answering.answer(visit, counted);
            answered = true;
        } catch (MissingScopeException e) {
            refuse(counted, HttpServletResponse.SC_FORBIDDEN, String.valueOf(e.getMessage()));
            answered = true;
        } catch (GateClosedException e) {
            refuse(counted, e);
            countRefusal(e.reason().name().toLowerCase(Locale.ROOT));
            answered = true;
        } catch (DataAccessException e) {
            log.error("Budgets cannot be looked up", e);
            unavailable(counted);
            countRefusal("unavailable");
            answered = true;
        } finally {
            if (!answered || counted.failed()) {
                visit.broke();
            }
            visit.over(counted.getStatus(), counted.sent());
        }
    }

    /** Not all of them come to where HTTP requests are counted. */
    private void countRefusal(String reason) {
        Counter.builder("millrace.serving.refusals")
                .description("Requests of callers with a good token that were not let in")
                .tag("reason", reason)
                .register(meters)
                .increment();
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

    static void unavailable(HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.RETRY_AFTER, "1");
        refuse(
                response,
                HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                "Error: tokens cannot be verified now; try again in a moment");
    }

    static void refuse(HttpServletResponse response, int status, String error) throws IOException {
        response.setStatus(status);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
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
