package dev.millrace.serving.query;

import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.CallerDoors;
import dev.millrace.serving.access.Scope;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.header.HeaderWriter;
import org.springframework.security.web.header.writers.HstsHeaderWriter;
import org.springframework.security.web.header.writers.XContentTypeOptionsHeaderWriter;
import org.springframework.security.web.header.writers.XXssProtectionHeaderWriter;
import org.springframework.security.web.header.writers.frameoptions.XFrameOptionsHeaderWriter;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpMediaTypeNotAcceptableException;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Gives who asks again the answer that is kept, if it is still true, before anything else looks at
 * the request: dashboards ask the same some thousand times a second, and all that follows would
 * come to the same at many times the cost. Callers are recognized, counted and written down as
 * everywhere. What is not kept, or not in order, goes on to the doors as if nobody had been here.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class KeptAnswersFilter implements Filter {

    private static final String LOAD = "/cubejs-api/v1/load";

    /** Those that the doors' own chain adds. */
    private static final List<HeaderWriter> HEADERS =
            List.of(
                    new XContentTypeOptionsHeaderWriter(),
                    new XXssProtectionHeaderWriter(),
                    new XFrameOptionsHeaderWriter(),
                    new HstsHeaderWriter());

    private final CallerDoors doors;
    private final ServedModel model;
    private final Questions questions;
    private final QueryDesk desk;

    /**
     * An answer, ready to be sent.
     *
     * @param known what the caller has already
     * @param rows how many go out
     */
    private record Kept(
            CubeRequest asked,
            Caller caller,
            Question question,
            @Nullable String known,
            long rows,
            Delivery delivery) {}

    KeptAnswersFilter(CallerDoors doors, ServedModel model, Questions questions, QueryDesk desk) {
        this.doors = doors;
        this.model = model;
        this.questions = questions;
        this.desk = desk;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest http = (HttpServletRequest) request;
        Optional<Kept> kept = isCandidate(http) ? kept(http) : Optional.empty();
        if (kept.isPresent()) {
            answer(kept.get(), http, (HttpServletResponse) response);
        } else {
            chain.doFilter(request, response);
        }
    }

    /** Whoever traces a request wants to see where it has been. */
    private static boolean isCandidate(HttpServletRequest request) {
        return LOAD.equals(request.getRequestURI())
                && "GET".equals(request.getMethod())
                && request.getHeader("traceparent") == null;
    }

    private Optional<Kept> kept(HttpServletRequest request) {
        try {
            String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
            if (authorization == null || ResultFormRequest.of(request).isPresent()) {
                return Optional.empty();
            }
            CubeRequest asked = CubeRequest.get(request);
            if (!asked.cache().takesWhatIsCurrent()) {
                return Optional.empty();
            }
            Optional<Caller> caller = doors.callerOf(authorization);
            return caller.isPresent()
                    ? kept(asked, caller.get(), known(request))
                    : Optional.empty();
        } catch (HttpMediaTypeNotAcceptableException | RuntimeException e) {
            // What is wrong with it is said at the doors.
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static @Nullable String known(HttpServletRequest request) {
        return request.getHeader(HttpHeaders.IF_NONE_MATCH);
    }

    private Optional<Kept> kept(CubeRequest asked, Caller caller, @Nullable String known)
            throws InterruptedException {
        if (!caller.scopes().contains(Scope.LOAD)) {
            return Optional.empty();
        }
        Question question =
                questions.known(model.current(), Viewers.of(caller), asked.query()).orElse(null);
        if (question == null || !question.isWritten(asked.multi())) {
            return Optional.empty();
        }
        Results results = desk.current(caller, question).orElse(null);
        WrittenAnswer written =
                results == null ? null : question.written(results, asked.multi()).orElse(null);
        if (results == null || written == null) {
            return Optional.empty();
        }
        boolean isKnown = written.tag().equals(known);
        return Optional.of(
                new Kept(
                        asked,
                        caller,
                        question,
                        known,
                        isKnown ? 0 : results.rows(),
                        isKnown
                                ? Delivery.notModified(written.tag())
                                : delivery(asked, results, written)));
    }

    private Delivery delivery(CubeRequest asked, Results results, WrittenAnswer written) {
        ResultMemory.Share memory = desk.memory();
        try {
            return new Delivery(
                    written.body(results, asked.requestId(), memory::take),
                    written.tag(),
                    memory::close);
        } catch (RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    private void answer(Kept kept, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        try (Delivery delivery = kept.delivery()) {
            for (HeaderWriter header : HEADERS) {
                header.writeHeaders(request, response);
            }
            if (!doors.allowCrossOrigin(request, response)) {
                return;
            }
            doors.visit(
                    kept.caller(),
                    "load",
                    kept.asked().requestId(),
                    response,
                    (visit, counted) -> {
                        desk.count(
                                kept.asked().requestId(),
                                visit,
                                entry -> {
                                    entry.kept(kept.question().members(), kept.rows());
                                    return delivery;
                                });
                        CubeEndpoint.send(delivery, kept.known(), counted);
                    });
        }
    }
}
