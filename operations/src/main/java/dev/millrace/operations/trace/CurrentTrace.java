package dev.millrace.operations.trace;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.stereotype.Component;
import org.springframework.web.filter.ServerHttpObservationFilter;

import java.util.Optional;

/** The trace that the current thread works for. */
@Component
public class CurrentTrace {

    private final Tracer tracer;

    CurrentTrace(Tracer tracer) {
        this.tracer = tracer;
    }

    /** The W3C {@code traceparent} of the current span, as a header on a message wants it. */
    public Optional<String> traceparent() {
        return context()
                .map(
                        context ->
                                "00-"
                                        + context.traceId()
                                        + "-"
                                        + context.spanId()
                                        + (Boolean.TRUE.equals(context.sampled()) ? "-01" : "-00"));
    }

    /** The id that stands in log lines and audit entries. */
    public Optional<String> traceId() {
        return context().map(TraceContext::traceId);
    }

    /** That of a request which is over for all but its answer. */
    public Optional<String> traceIdOf(HttpServletRequest request) {
        return ServerHttpObservationFilter.findObservationContext(request)
                .map(observed -> observed.<TracingContext>get(TracingContext.class))
                .map(TracingContext::getSpan)
                .map(span -> span.context().traceId());
    }

    private Optional<TraceContext> context() {
        return Optional.ofNullable(tracer.currentSpan()).map(Span::context);
    }
}
