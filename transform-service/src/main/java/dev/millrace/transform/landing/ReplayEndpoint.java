package dev.millrace.transform.landing;

import dev.millrace.operations.problem.Refusal;
import dev.millrace.transform.quarantine.Replay;
import dev.millrace.transform.quarantine.Replays;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.net.URI;
import java.security.Principal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Lets operators land what is in quarantine, and follow how far that is. */
@RestController
@RequestMapping("/operator/quarantine/replays")
class ReplayEndpoint {

    private static final int MAX_PAGE = 200;
    private static final int MAX_BODY = 1 << 20;

    private final Replays replays;
    private final ReplayRehearsal rehearsal;
    private final ReplayWork work;

    ReplayEndpoint(Replays replays, ReplayRehearsal rehearsal, ReplayWork work) {
        this.replays = replays;
        this.rehearsal = rehearsal;
        this.work = work;
    }

    /** A job, and how far it is. */
    record ReplayView(
            long id,
            Map<String, String> filter,
            @Nullable String patch,
            @Nullable String stream,
            @Nullable Long limit,
            String askedBy,
            Instant askedAt,
            String state,
            long matched,
            long landed,
            long duplicates,
            long leftOut,
            long refusedAgain,
            long lastId,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable String error) {

        static ReplayView of(Replay replay) {
            return new ReplayView(
                    replay.id(),
                    replay.filter(),
                    replay.patch(),
                    replay.stream(),
                    replay.limit(),
                    replay.askedBy(),
                    replay.askedAt(),
                    replay.state().text(),
                    replay.matched(),
                    replay.counts().landed(),
                    replay.counts().duplicates(),
                    replay.counts().leftOut(),
                    replay.counts().refusedAgain(),
                    replay.lastId(),
                    replay.startedAt(),
                    replay.endedAt(),
                    replay.error());
        }
    }

    /**
     * A page of jobs, newest first.
     *
     * @param nextBefore what to ask for the next page with; absent on the last
     */
    record Page(List<ReplayView> replays, @Nullable Long nextBefore) {}

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Object> ask(@RequestBody byte[] body, Principal operator) throws SQLException {
        if (body.length > MAX_BODY) {
            throw Refusal.of(
                    HttpStatus.CONTENT_TOO_LARGE, "A replay is asked for in at most 1 MiB.");
        }
        ReplayAsked asked;
        try {
            asked = ReplayAsked.parse(body);
        } catch (ReplayAsked.UnclearException e) {
            throw Refusal.of(HttpStatus.UNPROCESSABLE_CONTENT, e.getMessage());
        }
        if (asked.dryRun()) {
            Long limit = asked.request().limit();
            long most = limit == null ? ReplayRehearsal.MOST_RECORDS : limit;
            return ResponseEntity.ok(
                    rehearse(asked, Math.clamp(most, 1, ReplayRehearsal.MOST_RECORDS)));
        }
        Replay replay = replays.ask(asked.request(), operator.getName());
        work.wake();
        return ResponseEntity.accepted()
                .location(URI.create("/operator/quarantine/replays/" + replay.id()))
                .body(ReplayView.of(replay));
    }

    private ReplayRehearsal.Outcome rehearse(ReplayAsked asked, int limit) throws SQLException {
        try {
            return rehearsal.rehearse(asked.request().filter(), asked.mending(), limit);
        } catch (SQLException e) {
            if (!SqlErrors.mayLieInARecord(e)) {
                throw e;
            }
            throw Refusal.of(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    ("PostgreSQL ended the dry run: %s. A replay would find the record that is the"
                         + " cause, and land the others; try fewer records here (limit).")
                            .formatted(e.getMessage()));
        }
    }

    @GetMapping
    Page list(
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "9223372036854775807") String before,
            @RequestParam(defaultValue = "50") String limit)
            throws SQLException {
        Replay.State wanted =
                state.isEmpty()
                        ? null
                        : Replay.State.of(state)
                                .orElseThrow(
                                        () ->
                                                Refusal.of(
                                                        HttpStatus.BAD_REQUEST,
                                                        "The state is queued, running, done, failed"
                                                                + " or cancelled."));
        int size = Math.clamp(number("limit", limit), 1, MAX_PAGE);
        List<ReplayView> page =
                replays.newest(wanted, number("before", before), size).stream()
                        .map(ReplayView::of)
                        .toList();
        return new Page(page, page.size() < size ? null : page.getLast().id());
    }

    @GetMapping("/{id}")
    ReplayView one(@PathVariable String id) throws SQLException {
        return replays.find(number("id", id)).map(ReplayView::of).orElseThrow(() -> notFound(id));
    }

    @PostMapping("/{id}/cancel")
    ReplayView cancel(@PathVariable String id) throws SQLException {
        return replays.cancel(number("id", id)).map(ReplayView::of).orElseThrow(() -> notFound(id));
    }

    @DeleteMapping("/{id}")
    ReplayView cancelByDeletion(@PathVariable String id) throws SQLException {
        return cancel(id);
    }

    private static long number(String name, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw Refusal.of(
                    HttpStatus.BAD_REQUEST,
                    "'%s' is a whole number, such as 17, not '%s'.".formatted(name, text));
        }
    }

    private static ErrorResponseException notFound(String id) {
        return Refusal.of(HttpStatus.NOT_FOUND, "There is no replay " + id + ".");
    }
}
