package dev.millrace.serving.access;

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
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import tools.jackson.databind.json.JsonMapper;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** Lets an admin give, replace and take keys for the metrics doors. */
@RestController
@RequestMapping("/operator/caller-keys")
class CallerKeyEndpoint {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._@-]{0,99}");
    private static final Duration MAX_OVERLAP = Duration.ofDays(7);
    private static final int MAX_LIMIT = 500;
    private static final int MAX_JSON = 16 * 1024;
    private static final Set<String> STATES = Set.of("good", "expired", "revoked");

    /** What a key has fields of its own for: in its context it would look as if it had a say. */
    private static final Set<String> NO_CLAIMS = Set.of("exp", "iat", "nbf", "jti", "scopes");

    private final CallerKeys keys;
    private final TenantSettings tenants;
    private final Clock clock;

    CallerKeyEndpoint(CallerKeys keys, TenantSettings tenants, Clock clock) {
        this.keys = keys;
        this.tenants = tenants;
        this.clock = clock;
    }

    record View(
            String id,
            String name,
            String state,
            Map<String, Object> securityContext,
            List<String> scopes,
            Limits budget,
            Map<String, Object> grants,
            Instant createdAt,
            String createdBy,
            @Nullable Instant expiresAt,
            @Nullable Instant rotatedAt,
            @Nullable Instant previousUntil,
            @Nullable Instant revokedAt,
            @Nullable String revokedBy,
            @Nullable Instant lastUsedAt) {

        static View of(CallerKey key, Instant now) {
            return new View(
                    key.id(),
                    key.name(),
                    key.revokedAt() != null ? "revoked" : key.isGood(now) ? "good" : "expired",
                    key.securityContext(),
                    key.scopes().stream().sorted().map(Scope::text).toList(),
                    key.limits(),
                    key.grants(),
                    key.createdAt(),
                    key.createdBy(),
                    key.expiresAt(),
                    key.rotatedAt(),
                    key.previousUntil(),
                    key.revokedAt(),
                    key.revokedBy(),
                    key.lastUsedAt());
        }
    }

    /**
     * A page of keys.
     *
     * @param keys newest first
     * @param next what to give as {@code after} for the next page; empty on the last
     */
    record Page(List<View> keys, @Nullable String next) {}

    /**
     * A new secret.
     *
     * @param key the key itself, shown this once
     */
    record NewView(
            String key,
            String id,
            String name,
            List<String> scopes,
            @Nullable Instant expiresAt,
            @Nullable Instant previousUntil) {

        static NewView of(CallerKeys.Issued issued) {
            return new NewView(
                    issued.secret().text(),
                    issued.key().id(),
                    issued.key().name(),
                    issued.key().scopes().stream().sorted().map(Scope::text).toList(),
                    issued.key().expiresAt(),
                    issued.key().previousUntil());
        }
    }

    record NewKey(
            @Nullable String name,
            @Nullable Map<String, @Nullable Object> securityContext,
            @Nullable List<@Nullable String> groups,
            @Nullable List<@Nullable String> scopes,
            @Nullable Instant expiresAt,
            @Nullable Limits budget,
            @Nullable Map<String, @Nullable Object> grants) {}

    record Rotation(@Nullable Duration overlap, @Nullable Instant expiresAt) {}

    @GetMapping
    Page list(
            @RequestParam(required = false) @Nullable String name,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String scope,
            @RequestParam(required = false) @Nullable String tenant,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(defaultValue = "100") int limit) {
        PageLimit most = PageLimit.of(limit, MAX_LIMIT);
        if (state != null && !STATES.contains(state)) {
            throw bad("'state' is good, expired or revoked.");
        }
        if (scope != null) {
            scope(scope);
        }
        Instant now = clock.instant();
        List<CallerKey> found =
                keys.search(
                        new CallerKeyTable.Search(
                                text(name),
                                state,
                                scope,
                                tenants.tenantClaim(),
                                text(tenant),
                                text(after),
                                most.toFind()));
        PageLimit.Shown<CallerKey, String> shown = most.show(found, CallerKey::id);
        return new Page(
                shown.items().stream().map(key -> View.of(key, now)).toList(), shown.next());
    }

    /** PostgreSQL takes no zero bytes in a text. */
    private static @Nullable String text(@Nullable String given) {
        if (given != null && given.indexOf('\0') >= 0) {
            throw bad("No name has such characters.");
        }
        return given;
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    NewView create(@RequestBody NewKey wanted, @AuthenticationPrincipal Operator operator) {
        String name = wanted.name();
        if (name == null || !NAME.matcher(name).matches()) {
            throw bad(
                    "'name' says what the key is for: up to 100 letters, digits, spaces and . _ @"
                            + " -, beginning with a letter or digit.");
        }
        CallerKey key =
                new CallerKey(
                        "",
                        name,
                        context(wanted),
                        scopes(wanted.scopes()),
                        limits(wanted.budget()),
                        object("grants", wanted.grants()),
                        clock.instant(),
                        operator.name(),
                        end(wanted.expiresAt()),
                        null,
                        null,
                        null,
                        null,
                        null);
        return keys.create(key)
                .map(NewView::of)
                .orElseThrow(
                        () ->
                                Refusal.of(
                                        HttpStatus.CONFLICT,
                                        "There is a key '"
                                                + name
                                                + "' already: rotate or revoke it, or take another"
                                                + " name."));
    }

    @PostMapping("/{id}/rotate")
    @ResponseStatus(HttpStatus.CREATED)
    NewView rotate(
            @PathVariable String id,
            @RequestBody(required = false) @Nullable Rotation rotation,
            @AuthenticationPrincipal Operator operator) {
        Duration overlap = rotation == null ? null : rotation.overlap();
        if (overlap != null && (overlap.isNegative() || overlap.compareTo(MAX_OVERLAP) > 0)) {
            throw bad("'overlap' is from PT0S to P7D.");
        }
        return keys.rotate(
                        Objects.requireNonNull(text(id)),
                        overlap == null ? Duration.ZERO : overlap,
                        end(rotation == null ? null : rotation.expiresAt()),
                        operator.name())
                .map(NewView::of)
                .orElseThrow(CallerKeyEndpoint::unknown);
    }

    @PutMapping("/{id}/budget")
    View limit(@PathVariable String id, @RequestBody Limits budget) {
        return keys.limit(Objects.requireNonNull(text(id)), limits(budget))
                .map(key -> View.of(key, clock.instant()))
                .orElseThrow(CallerKeyEndpoint::unknown);
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@PathVariable String id, @AuthenticationPrincipal Operator operator) {
        if (!keys.revoke(Objects.requireNonNull(text(id)), operator.name())) {
            throw unknown();
        }
    }

    private static Map<String, Object> context(NewKey wanted) {
        Map<String, Object> context =
                new HashMap<>(object("securityContext", wanted.securityContext()));
        for (String claim : NO_CLAIMS) {
            if (context.containsKey(claim)) {
                throw bad(
                        "'securityContext' has no '"
                                + claim
                                + "': a key says that by 'expiresAt' and 'scopes'.");
            }
        }
        List<@Nullable String> groups = wanted.groups();
        if (groups != null) {
            if (context.containsKey("groups")) {
                throw bad("Give 'groups' in one place: beside 'securityContext', or in it.");
            }
            if (groups.stream().anyMatch(group -> group == null || group.isBlank())) {
                throw bad("'groups' is a list of names.");
            }
            context.put("groups", List.copyOf(groups));
        }
        Map<String, Object> flat = CallerTokens.securityContext(context);
        if (NO_CLAIMS.stream().anyMatch(flat::containsKey)) {
            throw bad("'u' in 'securityContext' has a claim that a key says by its own fields.");
        }
        return flat;
    }

    /** An object without nulls, whose size is known. */
    private static Map<String, Object> object(
            String field, @Nullable Map<String, @Nullable Object> given) {
        Map<String, Object> object = new HashMap<>();
        if (given != null) {
            given.forEach(
                    (name, value) -> {
                        if (value != null) {
                            object.put(name, value);
                        }
                    });
        }
        String json = JsonMapper.shared().writeValueAsString(object);
        if (json.length() > MAX_JSON || json.contains("\\u0000")) {
            throw bad(
                    "'%s' is an object of at most %d characters, without the character 0."
                            .formatted(field, MAX_JSON));
        }
        return object;
    }

    private static Set<Scope> scopes(@Nullable List<@Nullable String> names) {
        if (names == null || names.isEmpty()) {
            throw bad(
                    "'scopes' says what the key is for: one or more of meta, load, sql, export,"
                            + " live, feed, embed.");
        }
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        names.forEach(name -> scopes.add(scope(String.valueOf(name))));
        return scopes;
    }

    private static Scope scope(String name) {
        return Scope.of(name)
                .orElseThrow(() -> bad("A scope is meta, load, sql, export, live, feed or embed."));
    }

    private static Limits limits(@Nullable Limits wanted) {
        if (wanted == null) {
            return Limits.NONE;
        }
        Double rate = wanted.requestsPerSecond();
        boolean good =
                (rate == null || (rate >= 0 && rate <= 1_000_000))
                        && (wanted.burst() == null || wanted.burst() >= 1)
                        && (wanted.concurrentQueries() == null || wanted.concurrentQueries() >= 0)
                        && (wanted.rowsPerDay() == null || wanted.rowsPerDay() >= 0);
        if (!good) {
            throw bad(
                    "'requestsPerSecond', 'concurrentQueries' and 'rowsPerDay' are 0, for no limit,"
                            + " or more; 'burst' is 1 or more.");
        }
        return wanted;
    }

    private @Nullable Instant end(@Nullable Instant wanted) {
        if (wanted != null && !wanted.isAfter(clock.instant())) {
            throw bad("'expiresAt' is over already.");
        }
        return wanted == null ? null : wanted.truncatedTo(ChronoUnit.MICROS);
    }

    private static ErrorResponseException bad(String detail) {
        return Refusal.of(HttpStatus.BAD_REQUEST, detail);
    }

    private static ErrorResponseException unknown() {
        return Refusal.of(HttpStatus.NOT_FOUND, "There is no key of this id in force.");
    }
}
