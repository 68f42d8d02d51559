package dev.millrace.transform.quarantine;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;

import dev.millrace.operations.problem.Refusal;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Shows operators what is in quarantine, newest first, and lets them discard of it. */
@RestController
@RequestMapping("/operator/quarantine")
class QuarantineEndpoint {

    private static final int MAX_PAGE = 1_000;
    private static final int MAX_REASON = 1_000;

    private final QuarantineShelves shelves;
    private final Discards discards;

    QuarantineEndpoint(QuarantineShelves shelves, Discards discards) {
        this.shelves = shelves;
        this.discards = discards;
    }

    /**
     * A page of records, without their bytes.
     *
     * @param nextBefore what to ask for the next page with; absent on the last
     */
    record Page(List<QuarantineShelves.Summary> records, @Nullable Long nextBefore) {}

    record DiscardBody(
            @Nullable Map<String, Object> filter,
            @Nullable String reason,
            @JsonProperty("dry_run") @JsonAlias("dryRun") @Nullable Boolean dryRun) {}

    /** How many records a discard is of, and how many are discarded now. */
    record DiscardView(long matched, long discarded) {}

    @GetMapping
    Page records(@RequestParam Map<String, String> parameters) {
        Map<String, String> filters = new TreeMap<>(parameters);
        String before = filters.remove("before");
        String limit = filters.remove("limit");
        try {
            int size =
                    limit == null
                            ? 100
                            : Math.clamp(QuarantineFilter.number("limit", limit), 1, MAX_PAGE);
            List<QuarantineShelves.Summary> page =
                    shelves.newest(
                            QuarantineFilter.parse(filters),
                            before == null
                                    ? Long.MAX_VALUE
                                    : QuarantineFilter.number("before", before),
                            size);
            return new Page(page, page.size() < size ? null : page.getLast().id());
        } catch (InvalidFilterException e) {
            throw Refusal.of(HttpStatus.BAD_REQUEST, e.getMessage());
        }
    }

    @GetMapping("/counts")
    List<QuarantineShelves.Count> counts(@RequestParam Map<String, String> parameters) {
        try {
            return shelves.counts(QuarantineFilter.parse(parameters));
        } catch (InvalidFilterException e) {
            throw Refusal.of(HttpStatus.BAD_REQUEST, e.getMessage());
        }
    }

    @GetMapping("/{id:[0-9]+}")
    QuarantineShelves.Content record(@PathVariable long id) {
        return shelves.content(id)
                .orElseThrow(
                        () ->
                                Refusal.of(
                                        HttpStatus.NOT_FOUND,
                                        "There is no record " + id + " in quarantine."));
    }

    @PostMapping("/discards")
    DiscardView discard(@RequestBody DiscardBody body, Principal operator) {
        QuarantineFilter filter = filter(body.filter());
        String reason = body.reason() == null ? "" : body.reason().strip();
        if (reason.isEmpty() || reason.length() > MAX_REASON || reason.indexOf('\0') >= 0) {
            throw Refusal.of(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "Say in 'reason' why the records are not wanted, in at most 1000 characters; it"
                            + " is kept with them.");
        }
        if (Boolean.TRUE.equals(body.dryRun())) {
            return new DiscardView(discards.matching(filter), 0);
        }
        long discarded = discards.discard(filter, operator.getName(), reason);
        return new DiscardView(discarded, discarded);
    }

    /** What is discarded is named: nobody means all that there is. */
    private static QuarantineFilter filter(@Nullable Map<String, Object> given) {
        try {
            QuarantineFilter filter = QuarantineFilter.ofJson(given);
            if (filter.isOpen()) {
                throw Refusal.of(
                        HttpStatus.UNPROCESSABLE_CONTENT,
                        "Say in 'filter' which records to discard, such as {\"source\": \"web\","
                                + " \"reason\": \"malformed\"}.");
            }
            if (!filter.meansHeld()) {
                throw Refusal.of(
                        HttpStatus.UNPROCESSABLE_CONTENT,
                        "Only records that are held can be discarded: leave 'state' out.");
            }
            return filter;
        } catch (InvalidFilterException e) {
            throw Refusal.of(HttpStatus.UNPROCESSABLE_CONTENT, e.getMessage());
        }
    }
}
