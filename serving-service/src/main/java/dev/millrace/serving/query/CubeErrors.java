package dev.millrace.serving.query;

import dev.millrace.serving.semantic.QueryException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Tells what went wrong in Cube's form. */
@RestControllerAdvice(assignableTypes = CubeEndpoint.class)
class CubeErrors {

    private static final Logger log = LoggerFactory.getLogger(CubeErrors.class);

    /** Under what an error is counted. */
    static String category(RuntimeException error) {
        return switch (error) {
            case QueryException _ -> "caller";
            case Flights.BusyException _ -> "busy";
            case WarehouseException warehouse ->
                    warehouse.category().name().toLowerCase(Locale.ROOT);
            default -> "platform";
        };
    }

    @ExceptionHandler
    ResponseEntity<Map<String, Object>> query(QueryException error) {
        return switch (error.kind()) {
            case FORMAT -> answer(HttpStatus.BAD_REQUEST, Map.of("error", error.getMessage()));
            case USER -> {
                Map<String, Object> body = new LinkedHashMap<>();
                body.put("type", "UserError");
                body.put("error", error.getMessage());
                yield answer(HttpStatus.BAD_REQUEST, body);
            }
            case LIMIT ->
                    answer(
                            HttpStatus.INTERNAL_SERVER_ERROR,
                            Map.of("error", "Error: " + error.getMessage()));
        };
    }

    @ExceptionHandler
    ResponseEntity<Map<String, Object>> busy(Flights.BusyException error) {
        return answer(
                HttpStatus.SERVICE_UNAVAILABLE, Map.of("error", "Error: " + error.getMessage()));
    }

    @ExceptionHandler
    ResponseEntity<Map<String, Object>> warehouse(WarehouseException error) {
        String message = error.getMessage() == null ? "" : error.getMessage();
        return switch (error.category()) {
            case CALLER -> answer(HttpStatus.BAD_REQUEST, Map.of("error", "Error: " + message));
            case TIMEOUT ->
                    answer(
                            HttpStatus.INTERNAL_SERVER_ERROR,
                            Map.of(
                                    "error",
                                    "Error: the query took longer than the warehouse allows; ask"
                                            + " for a shorter range of time or fewer members"));
            case MODEL -> {
                log.warn("The model does not fit the warehouse: {}", message);
                yield answer(
                        HttpStatus.INTERNAL_SERVER_ERROR, Map.of("error", "Error: " + message));
            }
            case PLATFORM -> {
                log.error("The warehouse does not answer", error);
                yield answer(
                        HttpStatus.INTERNAL_SERVER_ERROR,
                        Map.of("error", "Error: the warehouse does not answer"));
            }
        };
    }

    private static ResponseEntity<Map<String, Object>> answer(
            HttpStatus status, Map<String, Object> body) {
        return ResponseEntity.status(status).contentType(MediaType.APPLICATION_JSON).body(body);
    }
}
