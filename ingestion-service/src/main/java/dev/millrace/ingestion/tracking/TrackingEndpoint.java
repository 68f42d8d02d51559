package dev.millrace.ingestion.tracking;

import dev.millrace.ingestion.payload.Json;
import dev.millrace.ingestion.payload.JsonWriter;
import dev.millrace.ingestion.source.BodyReader;
import dev.millrace.ingestion.source.ByteBudget;
import dev.millrace.operations.trace.CurrentTrace;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The calls of the Segment HTTP Tracking API, each by its name and by the letter that SDKs use. */
@RestController
class TrackingEndpoint {

    private static final byte[] SUCCESS = "{\"success\": true}".getBytes(StandardCharsets.US_ASCII);

    private final TrackingDoor door;
    private final ByteBudget budget;
    private final CurrentTrace trace;
    private final MeterRegistry meters;
    private final long bodyNanos;

    TrackingEndpoint(
            TrackingDoor door,
            ByteBudget budget,
            CurrentTrace trace,
            MeterRegistry meters,
            TrackingSettings settings) {
        this.door = door;
        this.budget = budget;
        this.trace = trace;
        this.meters = meters;
        this.bodyNanos = settings.bodyDeadline().toNanos();
    }

    @PostMapping({"/v1/identify", "/v1/identify/", "/v1/i", "/v1/i/"})
    ResponseEntity<byte[]> identify(HttpServletRequest request) {
        return take(Call.IDENTIFY, request);
    }

    @PostMapping({"/v1/track", "/v1/track/", "/v1/t", "/v1/t/"})
    ResponseEntity<byte[]> track(HttpServletRequest request) {
        return take(Call.TRACK, request);
    }

    @PostMapping({"/v1/page", "/v1/page/", "/v1/p", "/v1/p/"})
    ResponseEntity<byte[]> page(HttpServletRequest request) {
        return take(Call.PAGE, request);
    }

    @PostMapping({"/v1/screen", "/v1/screen/", "/v1/s", "/v1/s/"})
    ResponseEntity<byte[]> screen(HttpServletRequest request) {
        return take(Call.SCREEN, request);
    }

    @PostMapping({"/v1/group", "/v1/group/", "/v1/g", "/v1/g/"})
    ResponseEntity<byte[]> group(HttpServletRequest request) {
        return take(Call.GROUP, request);
    }

    @PostMapping({"/v1/alias", "/v1/alias/", "/v1/a", "/v1/a/"})
    ResponseEntity<byte[]> alias(HttpServletRequest request) {
        return take(Call.ALIAS, request);
    }

    @PostMapping({"/v1/batch", "/v1/batch/", "/v1/b", "/v1/b/", "/v1/import", "/v1/import/"})
    ResponseEntity<byte[]> batch(HttpServletRequest request) {
        return take(null, request);
    }

    private ResponseEntity<byte[]> take(@Nullable Call call, HttpServletRequest http) {
        Timer.Sample sample = Timer.start(meters);
        ResponseEntity<byte[]> response = response(answer(request(call, http), http));
        sample.stop(
                Timer.builder("millrace.ingestion.requests")
                        .description("Requests at the tracking doors, until they are answered")
                        .tag("call", call == null ? "batch" : call.type())
                        .tag("status", Integer.toString(response.getStatusCode().value()))
                        .register(meters));
        return response;
    }

    private TrackingRequest request(@Nullable Call call, HttpServletRequest http) {
        return new TrackingRequest(
                call,
                WriteKeys.ofAuthorization(http.getHeader(HttpHeaders.AUTHORIZATION)),
                WriteKeys.ofQuery(http.getQueryString()),
                "true".equalsIgnoreCase(http.getHeader("X-Strict")),
                http.getRemoteAddr(),
                http.getHeader(HttpHeaders.ORIGIN) != null,
                trace.traceparent().orElse(null));
    }

    private Answer answer(TrackingRequest request, HttpServletRequest http) {
        long begin = System.nanoTime();
        try (ByteBudget.Reservation reservation = budget.reservation()) {
            return door.take(
                    request,
                    () ->
                            BodyReader.read(
                                    http.getInputStream(),
                                    http.getContentLengthLong(),
                                    request.bodyLimit(),
                                    () -> System.nanoTime() - begin > bodyNanos,
                                    reservation),
                    reservation);
        }
    }

    private static ResponseEntity<byte[]> response(Answer answer) {
        return switch (answer) {
            case Answer.Done done -> ResponseEntity.ok().contentType(json()).body(SUCCESS);
            case Answer.Wrong wrong ->
                    ResponseEntity.status(wrong.status())
                            .contentType(json())
                            .body(failure(wrong.message(), wrong.detail()));
            case Answer.Later later ->
                    ResponseEntity.status(503)
                            .header(HttpHeaders.RETRY_AFTER, Integer.toString(later.retryAfter()))
                            .contentType(json())
                            .body(failure("service unavailable", later.detail()));
            case Answer.TooFast fast ->
                    ResponseEntity.status(429)
                            .header(HttpHeaders.RETRY_AFTER, Integer.toString(fast.retryAfter()))
                            .contentType(json())
                            .body(
                                    failure(
                                            "too many requests",
                                            "the source has had all requests of this second; send"
                                                    + " again"));
        };
    }

    private static MediaType json() {
        return MediaType.APPLICATION_JSON;
    }

    private static byte[] failure(String message, @Nullable String detail) {
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("success", Json.Literal.FALSE);
        fields.put("message", new Json.Text(message));
        if (detail != null) {
            fields.put("detail", new Json.Text(detail));
        }
        return JsonWriter.bytes(new Json.Struct(fields));
    }
}
