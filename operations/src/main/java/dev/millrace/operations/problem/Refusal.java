package dev.millrace.operations.problem;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** Why an endpoint refuses a request. */
public final class Refusal {

    private Refusal() {}

    /**
     * To be thrown; Spring MVC answers with it.
     *
     * @param detail what to do next; the client sees it
     */
    public static ErrorResponseException of(HttpStatus status, @Nullable String detail) {
        return new ErrorResponseException(
                status, ProblemDetail.forStatusAndDetail(status, detail), null);
    }
}
