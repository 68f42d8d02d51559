package dev.millrace.serving.alert;

import dev.millrace.contracts.project.DurationText;
import dev.millrace.operations.access.Operator;
import dev.millrace.operations.page.PageLimit;
import dev.millrace.operations.problem.Refusal;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Lets operators keep alerts silent for a time. */
@RestController
@RequestMapping("/operator/silences")
class SilenceEndpoint {

    private static final int MAX_LIMIT = 1_000;
    private static final int MAX_MATCHERS = 20;
    private static final int MAX_VALUE = 500;
    private static final int MAX_COMMENT = 1_000;
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final Pattern LABEL = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,99}");

    private final Silences silences;
    private final Clock clock;

    SilenceEndpoint(Silences silences, Clock clock) {
        this.silences = silences;
        this.clock = clock;
    }

    record WantedMatcher(
            @Nullable String name,
            @Nullable String value,
            @Nullable Boolean isRegex,
            @Nullable Boolean isEqual) {}

    /**
     * A silence to be.
     *
     * @param startsAt now, if left out
     * @param endsAt when it ends; or else
     * @param duration how long it lasts, such as 2h
     */
    record Wanted(
            @Nullable List<@Nullable WantedMatcher> matchers,
            @Nullable Instant startsAt,
            @Nullable Instant endsAt,
            @Nullable String duration,
            @Nullable String comment) {}

    record View(
            String id,
            List<Matcher> matchers,
            Instant startsAt,
            Instant endsAt,
            String status,
            Instant createdAt,
            String createdBy,
            String comment) {}

    record Page(List<View> silences, @Nullable String next) {}

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    View add(@RequestBody Wanted wanted, @AuthenticationPrincipal Operator operator) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Instant from = wanted.startsAt() == null ? now : wanted.startsAt();
        Instant until = until(wanted, from);
        if (!until.isAfter(now)
                || !until.isAfter(from)
                || Duration.between(now, until).compareTo(LONGEST) > 0) {
            throw bad("A silence ends after it begins, in the future, within 366 days.");
        }
        String comment = wanted.comment() == null ? "" : wanted.comment().strip();
        if (comment.isEmpty() || comment.length() > MAX_COMMENT || comment.indexOf('\0') >= 0) {
            throw bad("'comment' says why, in at most " + MAX_COMMENT + " characters.");
        }
        return view(
                silences.add(
                        matchers(wanted),
                        from.truncatedTo(ChronoUnit.MICROS),
                        until.truncatedTo(ChronoUnit.MICROS),
                        operator.name(),
                        comment,
                        now),
                now);
    }

    private static Instant until(Wanted wanted, Instant from) {
        if ((wanted.endsAt() == null) == (wanted.duration() == null)) {
            throw bad("A silence has 'endsAt' or a 'duration' such as 2h.");
        }
        if (wanted.endsAt() != null) {
            return wanted.endsAt();
        }
        return DurationText.parse(String.valueOf(wanted.duration()))
                .filter(length -> length.compareTo(LONGEST) <= 0)
                .map(from::plus)
                .orElseThrow(() -> bad("'duration' is a length of time such as 30m, 2h or 7d."));
    }

    private static List<Matcher> matchers(Wanted wanted) {
        List<Matcher> matchers = new ArrayList<>();
        for (WantedMatcher one :
                wanted.matchers() == null ? List.<WantedMatcher>of() : wanted.matchers()) {
            if (one == null
                    || one.name() == null
                    || !LABEL.matcher(one.name()).matches()
                    || one.value() == null
                    || one.value().length() > MAX_VALUE
                    || one.value().indexOf('\0') >= 0) {
                throw bad(
                        "A matcher has the 'name' of a label and a 'value' of at most "
                                + MAX_VALUE
                                + " characters.");
            }
            Matcher matcher =
                    new Matcher(
                            one.name(),
                            one.value(),
                            Boolean.TRUE.equals(one.isRegex()),
                            !Boolean.FALSE.equals(one.isEqual()));
            if (!matcher.isReadable()) {
                throw bad("'" + one.value() + "' is no regular expression (RE2).");
            }
            matchers.add(matcher);
        }
        // As in Alertmanager: what matches anything would silence everything.
        boolean selects = matchers.stream().anyMatch(matcher -> !matcher.matches(Map.of()));
        if (!selects || matchers.size() > MAX_MATCHERS) {
            throw bad(
                    "'matchers' are from 1 to %d, of which one at least does not match an empty label."
                            .formatted(MAX_MATCHERS));
        }
        return matchers;
    }

    @GetMapping
    Page silences(
            @RequestParam(defaultValue = "false") boolean expired,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(defaultValue = "100") int limit) {
        PageLimit most = PageLimit.of(limit, MAX_LIMIT);
        if (after.indexOf('\0') >= 0) {
            throw bad("'limit' is from 1 to " + MAX_LIMIT + ".");
        }
        Instant now = clock.instant();
        List<Silence> found = silences.page(now, expired, after, most.toFind());
        PageLimit.Shown<Silence, String> shown = most.show(found, Silence::id);
        return new Page(
                shown.items().stream().map(silence -> view(silence, now)).toList(), shown.next());
    }

    @DeleteMapping("/{id}")
    View end(@PathVariable String id) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return silences.end(id.replace("\0", ""), now)
                .map(silence -> view(silence, now))
                .orElseThrow(
                        () ->
                                Refusal.of(
                                        HttpStatus.NOT_FOUND,
                                        "There is no silence of this id in force or to come."));
    }

    private static View view(Silence silence, Instant now) {
        return new View(
                silence.id(),
                silence.matchers(),
                silence.startsAt(),
                silence.endsAt(),
                silence.isActive(now)
                        ? "active"
                        : now.isBefore(silence.startsAt()) ? "pending" : "expired",
                silence.createdAt(),
                silence.createdBy(),
                silence.comment());
    }

    private static ErrorResponseException bad(String detail) {
        return Refusal.of(HttpStatus.BAD_REQUEST, detail);
    }
}
