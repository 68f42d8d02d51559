package dev.millrace.serving.feed;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.operations.problem.Refusal;
import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.GateClosedException;
import dev.millrace.serving.access.Visit;
import dev.millrace.serving.feed.FeedDesk.Outcome;
import dev.millrace.serving.feed.FeedDesk.Start;
import dev.millrace.serving.feed.FeedRefusedException.Reason;
import dev.millrace.serving.query.CallerLine;
import dev.millrace.serving.query.CallerLineConfiguration;
import dev.millrace.serving.query.RelationReads;
import dev.millrace.serving.query.WarehouseException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Hands out the changes of a relation, page by page, to whoever pulls them. */
@RestController
class FeedEndpoint {

    private static final Logger log = LoggerFactory.getLogger(FeedEndpoint.class);

    private static final int MOST_ROWS = 10_000;
    private static final int LONGEST_WAIT_SECONDS = 30;

    /** How long transform may take to hear that somebody wants changes. */
    private static final Duration BEGINNING = Duration.ofSeconds(10);

    private static final String NOW = "now";

    /** Schemas that are not anybody's data. */
    private static final Set<String> HIDDEN =
            Set.of(
                    "information_schema",
                    "transform",
                    "ingestion",
                    "serving",
                    "millrace",
                    "millrace_live");

    private final FeedDesk desk;
    private final FeedWaiters waiters;
    private final FeedWishes wishes;

    FeedEndpoint(FeedDesk desk, FeedWaiters waiters, FeedWishes wishes) {
        this.desk = desk;
        this.waiters = waiters;
        this.wishes = wishes;
    }

    @GetMapping("/v1/feed/{relation}")
    void feed(
            @PathVariable String relation,
            @RequestParam(required = false) @Nullable String since,
            @RequestParam(defaultValue = "1000") String limit,
            @RequestParam(defaultValue = "0") String wait,
            @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept,
            Visit visit,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        try (RelationReads.Room room = desk.room()) {
            FeedForm form = FeedForm.accepted(accepted(accept));
            RelationName name = relation(relation);
            visit.members(
                    new Visit.Members(List.of(), List.of(name.toString()), List.of(), List.of()));
            FeedPage page =
                    page(
                            visit.caller(),
                            name,
                            start(name, since),
                            number("limit", limit, 1, MOST_ROWS),
                            Duration.ofSeconds(number("wait", wait, 0, LONGEST_WAIT_SECONDS)),
                            CallerLineConfiguration.of(request),
                            room);
            visit.booked(page.rows().size(), "no", "ok");
            write(page, form, name, response);
        } catch (FeedRefusedException e) {
            if (e.reason() == Reason.LATER) {
                response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            }
            throw Refusal.of(status(e.reason()), e.getMessage());
        } catch (GateClosedException e) {
            response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(e.retryAfterSeconds()));
            throw Refusal.of(
                    switch (e.reason()) {
                        case BUDGET -> HttpStatus.TOO_MANY_REQUESTS;
                        case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
                    },
                    e.getMessage());
        } catch (WarehouseException e) {
            throw refusal(e, response);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.of(HttpStatus.SERVICE_UNAVAILABLE, "The service stops; try again");
        }
    }

    /** Reads until there is something, or there is no more time. */
    private FeedPage page(
            Caller caller,
            RelationName relation,
            Start start,
            int limit,
            Duration wait,
            CallerLine line,
            RelationReads.Room room)
            throws InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        Start at = start;
        boolean hasBegun = false;
        while (true) {
            switch (desk.read(caller, relation, at, limit, room)) {
                case Outcome.NotFollowed() -> {
                    if (hasBegun || !wishes.canTell()) {
                        throw notFollowed(relation);
                    }
                    wishes.begin(relation);
                    await(relation, state -> state.isFollowed(), BEGINNING, line);
                    hasBegun = true;
                }
                case Outcome.Read(FeedPage page, long version) -> {
                    wishes.keep(relation);
                    Duration left = Duration.ofNanos(end - System.nanoTime());
                    if (!page.rows().isEmpty()
                            || page.more()
                            || page.reset()
                            || !left.isPositive()
                            || line.isGone()) {
                        return page;
                    }
                    await(relation, state -> state.version() > version, left, line);
                    at = new Start.At(page.next());
                }
            }
        }
    }

    private void await(
            RelationName relation,
            Predicate<RelationReads.State> wanted,
            Duration patience,
            CallerLine line)
            throws InterruptedException {
        if (!waiters.await(relation.toString(), wanted, patience, line::isGone)) {
            throw new FeedRefusedException(
                    Reason.LATER, "As many wait as may; try again in a moment, or without wait");
        }
    }

    private FeedRefusedException notFollowed(RelationName relation) {
        return new FeedRefusedException(
                Reason.LATER,
                wishes.canTell()
                        ? "Changes of %s begin to be written down; try again in a moment"
                                .formatted(relation)
                        : "Changes of %s are not written down, and serving has no Kafka to ask for that"
                                .formatted(relation));
    }

    private static Start start(RelationName relation, @Nullable String since) {
        if (since == null) {
            return new Start.Beginning();
        }
        if (since.equals(NOW)) {
            return new Start.Now();
        }
        Cursor cursor =
                Cursor.parse(since)
                        .orElseThrow(
                                () ->
                                        new FeedRefusedException(
                                                Reason.MALFORMED,
                                                "since is no cursor; give one as an answer had it,"
                                                    + " \"now\", or none to begin with all rows"));
        if (!cursor.relation().equals(relation.toString())) {
            throw new FeedRefusedException(
                    Reason.MALFORMED, "The cursor is of another relation than " + relation);
        }
        return new Start.At(cursor);
    }

    private static RelationName relation(String text) {
        int dot = text.indexOf('.');
        if (dot < 1 || dot == text.length() - 1 || text.indexOf('\0') >= 0) {
            throw new FeedRefusedException(
                    Reason.MALFORMED, "A relation is named by schema.table, such as web.orders");
        }
        RelationName name = new RelationName(text.substring(0, dot), text.substring(dot + 1));
        if (HIDDEN.contains(name.schema()) || name.schema().startsWith("pg_")) {
            throw new FeedRefusedException(
                    Reason.UNKNOWN,
                    "There is no relation %s that may be read here".formatted(name));
        }
        return name;
    }

    private static int number(String name, String text, int least, int most) {
        int number = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
        if (number < least || number > most) {
            throw new FeedRefusedException(
                    Reason.MALFORMED, "%s is a number from %d to %d".formatted(name, least, most));
        }
        return number;
    }

    private static List<MimeType> accepted(@Nullable String accept) {
        if (accept == null || accept.isBlank()) {
            return List.of();
        }
        try {
            List<MediaType> types = new ArrayList<>(MediaType.parseMediaTypes(accept));
            MimeTypeUtils.sortBySpecificity(types);
            types.removeIf(type -> type.getQualityValue() == 0);
            types.sort(
                    (one, other) -> Double.compare(other.getQualityValue(), one.getQualityValue()));
            return types.stream().map(MimeType.class::cast).toList();
        } catch (InvalidMediaTypeException e) {
            throw new FeedRefusedException(Reason.MALFORMED, "The header Accept is not understood");
        }
    }

    private static void write(
            FeedPage page, FeedForm form, RelationName relation, HttpServletResponse response)
            throws IOException {
        String cursor = page.next().text();
        response.setContentType(form.mediaType());
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        response.setHeader("X-Millrace-Cursor", cursor);
        response.setHeader("X-Millrace-More", Boolean.toString(page.more()));
        response.setHeader("X-Millrace-Reset", Boolean.toString(page.reset()));
        response.setHeader(
                HttpHeaders.LINK,
                "<%s>; rel=\"next\""
                        .formatted(
                                UriComponentsBuilder.fromPath("/v1/feed/{relation}")
                                        .queryParam("since", "{cursor}")
                                        .encode()
                                        .buildAndExpand(relation.toString(), cursor)
                                        .toUriString()));
        form.write(page, response.getOutputStream());
    }

    private static HttpStatus status(Reason reason) {
        return switch (reason) {
            case MALFORMED -> HttpStatus.BAD_REQUEST;
            case FORBIDDEN -> HttpStatus.FORBIDDEN;
            case UNKNOWN -> HttpStatus.NOT_FOUND;
            case NOT_ACCEPTABLE -> HttpStatus.NOT_ACCEPTABLE;
            case LATER -> HttpStatus.SERVICE_UNAVAILABLE;
        };
    }

    /** The words of the warehouse may hold values of rows. */
    private static RuntimeException refusal(WarehouseException e, HttpServletResponse response) {
        return switch (e.category()) {
            case TIMEOUT ->
                    Refusal.of(
                            HttpStatus.GATEWAY_TIMEOUT,
                            "The warehouse took too long; ask with a smaller limit, or give the"
                                    + " table an index on _mr_loaded_at");
            case BUSY, PLATFORM -> {
                log.warn("A feed could not be read: category={}", e.category());
                response.setHeader(HttpHeaders.RETRY_AFTER, "1");
                yield Refusal.of(
                        HttpStatus.SERVICE_UNAVAILABLE,
                        "The warehouse does not answer now; try again in a moment");
            }
            case CALLER, MODEL -> {
                log.error("A feed could not be read: category={}", e.category(), e);
                yield Refusal.of(
                        HttpStatus.SERVICE_UNAVAILABLE,
                        "The warehouse does not tell what changed: is transform there, and of this"
                                + " version?");
            }
        };
    }
}
