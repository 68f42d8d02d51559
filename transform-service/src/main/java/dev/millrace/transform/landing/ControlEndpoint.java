package dev.millrace.transform.landing;

import dev.millrace.operations.problem.Refusal;
import dev.millrace.transform.landing.LandingControl.Paused;
import dev.millrace.transform.landing.RewindAsked.RefusedException;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import java.security.Principal;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/** Lets operators pause a source's landing, resume it, and set it back. */
@RestController
@RequestMapping("/operator/sources/{source}")
class ControlEndpoint {

    private static final String REASON = "X-Reason";

    private final LandingControl control;
    private final Rewinds rewinds;
    private final Supplier<Routes> routes;

    ControlEndpoint(
            LandingControl control,
            Rewinds rewinds,
            @Qualifier("landingRoutes") Supplier<Routes> routes) {
        this.control = control;
        this.rewinds = rewinds;
        this.routes = routes;
    }

    /** A source, and since when it is paused; absent when it is not. */
    record SourceView(String source, @Nullable Paused paused) {}

    /** From where to where the partitions of a source moved, or would. */
    record RewindView(String source, boolean dryRun, List<Rewinds.Move> partitions) {}

    @PostMapping("/pause")
    SourceView pause(
            @PathVariable String source,
            @RequestHeader(name = REASON, defaultValue = "") String reason,
            Principal operator) {
        checkSource(source);
        return new SourceView(source, control.pause(source, operator.getName(), reason));
    }

    /** Also of a source that the project no longer has, as it may come back. */
    @PostMapping("/resume")
    SourceView resume(@PathVariable String source, Principal operator) {
        control.resume(source, operator.getName());
        return new SourceView(source, null);
    }

    @PostMapping(path = "/rewind", consumes = MediaType.APPLICATION_JSON_VALUE)
    RewindView rewind(
            @PathVariable String source,
            @RequestHeader(name = REASON, defaultValue = "") String reason,
            @RequestBody byte[] body,
            Principal operator)
            throws SQLException, InterruptedException {
        checkSource(source);
        try {
            RewindAsked asked = RewindAsked.parse(body);
            return new RewindView(
                    source,
                    asked.dryRun(),
                    rewinds.rewind(source, asked, operator.getName(), reason));
        } catch (RefusedException e) {
            throw Refusal.of(HttpStatus.UNPROCESSABLE_CONTENT, String.valueOf(e.getMessage()));
        } catch (ExecutionException e) {
            throw Refusal.of(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "Kafka does not tell its offsets now; nothing has changed. Try again: "
                            + e.getMessage());
        }
    }

    private void checkSource(String source) {
        if (routes.get().topicsOf(source).isEmpty()) {
            throw Refusal.of(
                    HttpStatus.NOT_FOUND,
                    "The project has no source '%s'. Its sources: %s."
                            .formatted(source, routes.get().sources()));
        }
    }
}
