package dev.millrace.operations.problem;

import dev.millrace.operations.trace.CurrentTrace;

import io.swagger.v3.oas.annotations.Hidden;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

import java.io.IOException;
import java.util.Optional;

/** Answers what nobody else answered. Nothing of an exception leaves the service. */
@Controller
@Hidden
class ErrorDoor implements ErrorController {

    private static final Logger log = LoggerFactory.getLogger(ErrorDoor.class);

    private final ProblemResponse problems;
    private final CurrentTrace trace;

    ErrorDoor(ProblemResponse problems, CurrentTrace trace) {
        this.problems = problems;
        this.trace = trace;
    }

    @RequestMapping("${server.error.path:/error}")
    void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
        HttpStatus status =
                request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
                        ? HttpStatus.resolve(code)
                        : HttpStatus.NOT_FOUND;
        if (status == null) {
            status = HttpStatus.INTERNAL_SERVER_ERROR;
        }
        String path =
                request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String uri
                        ? uri
                        : request.getRequestURI();
        Optional<String> traceId = trace.traceIdOf(request);
        if (status.is5xxServerError()) {
            // The server wrote the exception down when the trace was over.
            log.error(
                    "{} failed under the trace {}; the entry before says why",
                    path,
                    traceId.orElse("-"));
        }
        problems.write(response, status, detail(status, traceId), path);
    }

    private static String detail(HttpStatus status, Optional<String> traceId) {
        if (status.is5xxServerError()) {
            return "The service failed. Its log says why"
                    + traceId.map(id -> ", under the trace " + id).orElse("")
                    + ".";
        }
        return switch (status) {
            case NOT_FOUND -> "There is nothing at this path.";
            case METHOD_NOT_ALLOWED -> "This path does not offer that method.";
            case CONTENT_TOO_LARGE -> "The request is larger than this path takes.";
            default -> "The request cannot be served: " + status.getReasonPhrase() + ".";
        };
    }
}
