package dev.millrace.serving.query;

import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.CallerDoors;
import dev.millrace.serving.access.Scope;
import dev.millrace.serving.access.Visit;

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
 * come to the same at many times the cost. Callers are recognized, let in, counted and written down
 * as everywhere. What is not in order goes on to the doors as if nobody had been here; what is not
 * kept any more goes on as the visit that has begun.
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
     * What somebody asks who may, and to whom or to others like them it was answered before.
     *
     * @param known what the caller has already
     */
    private record Asked(
            CubeRequest request, Caller caller, Question question, @Nullable String known) {}

    /**
     * An answer, ready to be sent.
     *
     * @param rows how many go out
     */
    private record Kept(Delivery delivery, long rows) {}

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
        Optional<Asked> asked = isCandidate(http) ? asked(http) : Optional.empty();
        if (asked.isPresent()) {
            answer(asked.get(), http, (HttpServletResponse) response, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    /** Whoever traces a request wants to see where it has been. */
    private static boolean isCandidate(HttpServletRequest request) {
        return LOAD.equals(request.getRequestURI())
                && "GET".equals(request.getMethod())
                && request.getHeader("traceparent") == null
                && CallerDoors.isOriginGood(request);
    }

    private Optional<Asked> asked(HttpServletRequest request) {
        try {
            String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
            if (authorization == null || ResultFormRequest.of(request).isPresent()) {
                return Optional.empty();
            }
            CubeRequest asked = CubeRequest.get(request);
            if (!asked.cache().takesWhatIsCurrent()) {
                return Optional.empty();
            }
            return doors.callerOf(authorization)
                    .filter(caller -> caller.scopes().contains(Scope.LOAD))
                    .flatMap(caller -> asked(asked, caller, request));
        } catch (HttpMediaTypeNotAcceptableException | RuntimeException e) {
            // What is wrong with it is said at the doors.
            return Optional.empty();
        }
    }

    private Optional<Asked> asked(CubeRequest asked, Caller caller, HttpServletRequest request) {
        return questions
                .known(model.current(), Viewers.of(caller), asked.query())
                .filter(question -> question.isWritten(asked.multi()))
                .map(question -> new Asked(asked, caller, question, CubeEndpoint.known(request)));
    }

    private void answer(
            Asked asked,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws IOException, ServletException {
        for (HeaderWriter header : HEADERS) {
            header.writeHeaders(request, response);
        }
        if (!doors.allowCrossOrigin(request, response)) {
            return;
        }
        doors.visit(
                asked.caller(),
                "load",
                Visit.requestIdOf(request.getHeader("x-request-id")),
                response,
                (visit, counted) -> {
                    long began = System.nanoTime();
                    Optional<Kept> kept = kept(asked);
                    if (kept.isPresent()) {
                        send(kept.get(), asked, visit, began, counted);
                    } else {
                        CallerDoors.handOn(visit, request);
                        chain.doFilter(request, counted);
                    }
                });
    }

    private Optional<Kept> kept(Asked asked) {
        try {
            return desk.current(asked.caller(), asked.question())
                    .flatMap(
                            results ->
                                    asked.question()
                                            .written(results, asked.request().multi())
                                            .map(written -> kept(asked, results, written)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (RuntimeException e) {
            // What is wrong is said at the doors.
            return Optional.empty();
        }
    }

    private Kept kept(Asked asked, Results results, WrittenAnswer written) {
        ResultMemory.Share memory = desk.memory();
        Delivery delivery =
                Delivery.of(
                        () -> written,
                        results,
                        asked.request().requestId(),
                        asked.known(),
                        memory::take,
                        memory::close);
        return new Kept(delivery, delivery.isKnown(asked.known()) ? 0 : results.rows());
    }

    private void send(Kept kept, Asked asked, Visit visit, long began, HttpServletResponse response)
            throws IOException {
        try (Delivery delivery = kept.delivery()) {
            visit.requestId(asked.request().requestId());
            desk.countKept(visit, asked.question().members(), kept.rows(), began);
            CubeEndpoint.send(delivery, asked.known(), response);
        }
    }
}
