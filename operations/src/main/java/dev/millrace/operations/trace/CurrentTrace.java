package dev.millrace.operations.trace;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;

import org.springframework.stereotype.Component;

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

    private Optional<TraceContext> context() {
        return Optional.ofNullable(tracer.currentSpan()).map(Span::context);
    }
}
