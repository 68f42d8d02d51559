package dev.millrace.serving.live;

import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.GateClosedException;
import dev.millrace.serving.access.StandingCallers;
import dev.millrace.serving.access.Visit;
import dev.millrace.serving.query.LiveQueries;
import dev.millrace.serving.query.LiveQueries.LiveAnswer;
import dev.millrace.serving.query.LiveQueries.LiveQuery;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells a query's answer whenever it changes, as Server-Sent Events (WHATWG HTML, section 9.2). */
@RestController
class LiveEndpoint {

    private static final Duration RECONNECT = Duration.ofSeconds(1);

    /** How often it is looked whether the key of a caller was taken away. */
    private static final Duration KEY_CHECK = Duration.ofMillis(500);

    private final LiveQueries queries;
    private final Watches watches;
    private final LiveSettings settings;
    private final StandingCallers standing;
    private final JsonMapper json;
    private final Clock clock;

    LiveEndpoint(
            LiveQueries queries,
            Watches watches,
            LiveSettings settings,
            StandingCallers standing,
            JsonMapper json,
            Clock clock) {
        this.queries = queries;
        this.watches = watches;
        this.settings = settings;
        this.standing = standing;
        this.json = json;
        this.clock = clock;
    }

    @GetMapping("/v1/live")
    void live(
            @RequestParam String query,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String last,
            Visit visit,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, HttpRequestMethodNotSupportedException {
        if (request.getMethod().equals("HEAD")) {
            // Spring would answer it like GET and throw the stream away, which never ends.
            throw new HttpRequestMethodNotSupportedException("HEAD", List.of("GET"));
        }
        LiveQuery asked = queries.open(visit.caller(), query);
        visit.members(asked.members());
        Watch watch =
                watches.join(asked)
                        .orElseThrow(
                                () ->
                                        new ResponseStatusException(
                                                HttpStatus.SERVICE_UNAVAILABLE,
                                                "As many watch as may; try again in a moment"));
        try {
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
            response.setCharacterEncoding(StandardCharsets.UTF_8);
            response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache, no-transform");
            // Proxies that collect what they pass on would make it late.
            response.setHeader("X-Accel-Buffering", "no");
            visit.opened();
            stream(watch, last, visit, response.getOutputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            watches.leave(asked, watch);
        }
    }

    private void stream(Watch watch, @Nullable String last, Visit visit, OutputStream out)
            throws IOException, InterruptedException {
        Caller caller = visit.caller();
        write(out, "retry: " + RECONNECT.toMillis() + "\n\n");
        long number = 0;
        long joined = watch.round();
        String known = last;
        Optional<Instant> end = caller.expires();
        long beat = System.nanoTime();
        while (standing.isGood(caller)) {
            Optional<Watch.Event> event = watch.after(number, joined, patience(end, caller));
            if (event.isEmpty()) {
                if (System.nanoTime() - beat >= settings.heartbeat().toNanos()) {
                    write(out, ": \n\n");
                    beat = System.nanoTime();
                }
                continue;
            }
            if (!standing.isGood(caller)) {
                break;
            }
            beat = System.nanoTime();
            number = event.get().number();
            LiveAnswer answer = event.get().answer();
            if (answer == null) {
                String failure = String.valueOf(event.get().failure());
                write(out, "event: error\ndata: ");
                out.write(json.writeValueAsBytes(Map.of("error", failure)));
                write(out, "\n\n");
                // That it is as before is news then.
                known = null;
            } else if (!answer.tag().equals(known)) {
                try {
                    visit.progressed(answer.rows());
                } catch (GateClosedException e) {
                    write(out, "event: error\ndata: ");
                    out.write(json.writeValueAsBytes(Map.of("error", "Error: " + e.getMessage())));
                    write(out, "\n\n");
                    return;
                }
                write(out, "event: answer\nid: " + answer.tag() + "\ndata: ");
                writeLines(out, answer.json());
                write(out, "\n\n");
                known = answer.tag();
            }
        }
        write(out, "event: expired\ndata: {\"error\":\"The token has expired\"}\n\n");
    }

    private Duration patience(Optional<Instant> end, Caller caller) {
        Duration longest =
                StandingCallers.mayEndAnyTime(caller)
                                && settings.heartbeat().compareTo(KEY_CHECK) > 0
                        ? KEY_CHECK
                        : settings.heartbeat();
        Duration left = end.map(at -> Duration.between(clock.instant(), at)).orElse(longest);
        Duration patience = left.compareTo(longest) < 0 ? left : longest;
        return patience.isNegative() ? Duration.ZERO : patience;
    }

    /** JSON of a column may have line breaks, each of which would end the field. */
    private static void writeLines(OutputStream out, byte[] data) throws IOException {
        int from = 0;
        for (int at = 0; at < data.length; at++) {
            if (data[at] == '\n' || data[at] == '\r') {
                out.write(data, from, at - from);
                write(out, "\ndata: ");
                from = at + 1;
            }
        }
        out.write(data, from, data.length - from);
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        if (text.endsWith("\n\n")) {
            out.flush();
        }
    }
}
