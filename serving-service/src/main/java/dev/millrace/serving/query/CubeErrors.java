package dev.millrace.serving.query;

import dev.millrace.serving.access.EmbedRefusedException;
import dev.millrace.serving.access.GateClosedException;
import dev.millrace.serving.access.MissingScopeException;
import dev.millrace.serving.semantic.QueryException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.DisconnectedClientHelper;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Tells in Cube's form what went wrong, wherever that was under Cube's paths. */
@Component
class CubeErrors implements HandlerExceptionResolver, Ordered {

    private static final Logger log = LoggerFactory.getLogger(CubeErrors.class);
    private static final String ROOT = "/cubejs-api";

    /** Takes queries in Cube's form, too. */
    private static final String LIVE = "/v1/live";

    private static final String EMBED = "/v1/embed";

    private final JsonMapper json;

    /** A status, and the body that says why. */
    private record Refusal(HttpStatusCode status, Map<String, Object> body, HttpHeaders headers) {

        static Refusal of(HttpStatusCode status, String error) {
            return new Refusal(status, Map.of("error", error), HttpHeaders.EMPTY);
        }

        static Refusal busy(String error) {
            HttpHeaders headers = new HttpHeaders();
            headers.set(HttpHeaders.RETRY_AFTER, "1");
            return new Refusal(
                    HttpStatus.SERVICE_UNAVAILABLE, Map.of("error", "Error: " + error), headers);
        }
    }

    CubeErrors(JsonMapper json) {
        this.json = json;
    }

    /** Under what an error is counted. */
    static String category(RuntimeException error) {
        return switch (error) {
            case QueryException _ -> "caller";
            case MissingScopeException _ -> "refused";
            case GateClosedException _ -> "refused";
            case BusyException _ -> "busy";
            case CallerLeftException _ -> "caller_left";
            case WarehouseException warehouse ->
                    warehouse.category().name().toLowerCase(Locale.ROOT);
            default -> "platform";
        };
    }

    /** Whether Cube's form is spoken at a path. */
    static boolean isCube(String path) {
        return path.equals(ROOT)
                || path.startsWith(ROOT + "/")
                || path.equals(LIVE)
                || path.equals(EMBED)
                || path.startsWith(EMBED + "/");
    }

    /** Before Spring's own, which answer with problem details. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request,
            HttpServletResponse response,
            @Nullable Object handler,
            Exception error) {
        if (!isCube(request.getRequestURI())) {
            return null;
        }
        if (!DisconnectedClientHelper.isClientDisconnectedException(error)) {
            Refusal refusal = refusal(error);
            if (!response.isCommitted()) {
                write(response, refusal);
            }
        }
        return new ModelAndView();
    }

    /** Answers what came no further than the container. */
    void write(HttpServletResponse response, HttpStatus status) {
        write(response, Refusal.of(status, words(status)));
    }

    private void write(HttpServletResponse response, Refusal refusal) {
        try {
            response.resetBuffer();
            response.setStatus(refusal.status().value());
            refusal.headers()
                    .forEach((name, values) -> values.forEach(v -> response.addHeader(name, v)));
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            response.getOutputStream().write(json.writeValueAsBytes(refusal.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Refusal refusal(Exception error) {
        return switch (error) {
            case QueryException query -> query(query);
            case MissingScopeException missing ->
                    Refusal.of(HttpStatus.FORBIDDEN, String.valueOf(missing.getMessage()));
            case EmbedRefusedException embed ->
                    Refusal.of(HttpStatus.FORBIDDEN, "Error: " + embed.getMessage());
            case GateClosedException closed -> closed(closed);
            case BusyException busy -> Refusal.busy(String.valueOf(busy.getMessage()));
            case WarehouseException warehouse -> warehouse(warehouse);
            case MethodArgumentTypeMismatchException mismatch ->
                    Refusal.of(
                            HttpStatus.BAD_REQUEST,
                            "\"%s\" must be of type %s"
                                    .formatted(
                                            mismatch.getName(),
                                            String.valueOf(mismatch.getRequiredType())));
            case InvalidParameterException parameter ->
                    Refusal.of(
                            HttpStatusCode.valueOf(parameter.getErrorCode()),
                            "The parameters of the request cannot be decoded");
            case ErrorResponse response -> standard(response);
            default -> {
                log.error("A query failed", error);
                yield Refusal.of(
                        HttpStatus.INTERNAL_SERVER_ERROR, words(HttpStatus.INTERNAL_SERVER_ERROR));
            }
        };
    }

    private static Refusal closed(GateClosedException closed) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(closed.retryAfterSeconds()));
        return new Refusal(
                switch (closed.reason()) {
                    case BUDGET -> HttpStatus.TOO_MANY_REQUESTS;
                    case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
                },
                Map.of("error", "Error: " + closed.getMessage()),
                headers);
    }

    private static Refusal query(QueryException error) {
        return switch (error.kind()) {
            case FORMAT -> Refusal.of(HttpStatus.BAD_REQUEST, error.getMessage());
            case USER -> {
                Map<String, Object> body = new LinkedHashMap<>();
                body.put("type", "UserError");
                body.put("error", error.getMessage());
                yield new Refusal(HttpStatus.BAD_REQUEST, body, HttpHeaders.EMPTY);
            }
            case LIMIT ->
                    Refusal.of(HttpStatus.INTERNAL_SERVER_ERROR, "Error: " + error.getMessage());
        };
    }

    private static Refusal warehouse(WarehouseException error) {
        String message = error.getMessage() == null ? "" : error.getMessage();
        return switch (error.category()) {
            case CALLER -> Refusal.of(HttpStatus.BAD_REQUEST, "Error: " + message);
            case BUSY ->
                    Refusal.busy("the warehouse has no connection to spare; try again in a moment");
            case TIMEOUT ->
                    Refusal.of(
                            HttpStatus.INTERNAL_SERVER_ERROR,
                            "Error: the query took longer than the warehouse allows; ask for a"
                                    + " shorter range of time or fewer members");
            case MODEL -> {
                log.warn("The model does not fit the warehouse: {}", message);
                yield Refusal.of(HttpStatus.INTERNAL_SERVER_ERROR, "Error: " + message);
            }
            case PLATFORM -> {
                log.error("The warehouse does not answer", error);
                yield Refusal.of(
                        HttpStatus.INTERNAL_SERVER_ERROR, "Error: the warehouse does not answer");
            }
        };
    }

    /** What Spring found wrong with the request before it came to an endpoint. */
    private static Refusal standard(ErrorResponse error) {
        HttpStatusCode status = error.getStatusCode();
        String detail = error.getBody().getDetail();
        String words =
                status.equals(HttpStatus.NOT_FOUND) || detail == null
                        ? words(HttpStatus.valueOf(status.value()))
                        : detail;
        return new Refusal(status, Map.of("error", words), error.getHeaders());
    }

    private static String words(HttpStatus status) {
        if (status.is5xxServerError()) {
            return "Error: the service failed; its log says why";
        }
        return switch (status) {
            case NOT_FOUND -> "There is nothing at this path";
            case METHOD_NOT_ALLOWED -> "This path does not offer that method";
            default -> "The request cannot be served: " + status.getReasonPhrase();
        };
    }
}
