package dev.millrace.operations.access;

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
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;

/** Lets an admin give, replace and take API keys. */
@RestController
@RequestMapping("/operator/keys")
class KeyEndpoint {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._@-]{0,99}");
    private static final Duration MAX_GRACE = Duration.ofDays(30);

    private final ApiKeys keys;
    private final Clock clock;

    KeyEndpoint(ApiKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    record KeyView(
            String id,
            String name,
            String role,
            Instant createdAt,
            String createdBy,
            @Nullable Instant expiresAt,
            @Nullable Instant revokedAt,
            @Nullable String revokedBy,
            @Nullable String replacedBy,
            @Nullable Instant lastUsedAt) {

        static KeyView of(ApiKey key) {
            return new KeyView(
                    key.id(),
                    key.name(),
                    key.role().text(),
                    key.createdAt(),
                    key.createdBy(),
                    key.expiresAt(),
                    key.revokedAt(),
                    key.revokedBy(),
                    key.replacedBy(),
                    key.lastUsedAt());
        }
    }

    /**
     * A new key.
     *
     * @param key the key itself, shown this once
     * @param id its id
     * @param name its name
     * @param role its role
     * @param expiresAt when it ends, if it does
     */
    record NewKeyView(
            String key, String id, String name, String role, @Nullable Instant expiresAt) {

        static NewKeyView of(ApiKeys.Issued issued) {
            return new NewKeyView(
                    issued.secret().text(),
                    issued.key().id(),
                    issued.key().name(),
                    issued.key().role().text(),
                    issued.key().expiresAt());
        }
    }

    record NewKey(@Nullable String name, @Nullable String role, @Nullable Instant expiresAt) {}

    record Rotation(@Nullable Instant expiresAt, @Nullable Duration grace) {}

    @GetMapping
    List<KeyView> list() {
        return keys.all().stream().map(KeyView::of).toList();
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    NewKeyView create(@RequestBody NewKey wanted, @AuthenticationPrincipal Operator operator) {
        String name = wanted.name();
        if (name == null || !NAME.matcher(name).matches()) {
            throw Refusal.of(
                    HttpStatus.BAD_REQUEST,
                    "'name' says what the key is for: up to 100 letters, digits, spaces and . _ @"
                            + " -, beginning with a letter or digit.");
        }
        OperatorRole role =
                OperatorRole.of(String.valueOf(wanted.role()))
                        .orElseThrow(
                                () ->
                                        Refusal.of(
                                                HttpStatus.BAD_REQUEST,
                                                "'role' is reader, operator or admin."));
        return keys.create(name, role, end(wanted.expiresAt()), operator.name())
                .map(NewKeyView::of)
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
    NewKeyView rotate(
            @PathVariable String id,
            @RequestBody(required = false) @Nullable Rotation rotation,
            @AuthenticationPrincipal Operator operator) {
        Duration grace = rotation == null ? null : rotation.grace();
        if (grace != null && (grace.isNegative() || grace.compareTo(MAX_GRACE) > 0)) {
            throw Refusal.of(HttpStatus.BAD_REQUEST, "'grace' is from PT0S to P30D.");
        }
        return keys.rotate(
                        id,
                        end(rotation == null ? null : rotation.expiresAt()),
                        grace == null ? Duration.ZERO : grace,
                        operator.name())
                .map(NewKeyView::of)
                .orElseThrow(KeyEndpoint::unknown);
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@PathVariable String id, @AuthenticationPrincipal Operator operator) {
        if (!keys.revoke(id, operator.name())) {
            throw unknown();
        }
    }

    private @Nullable Instant end(@Nullable Instant wanted) {
        if (wanted != null && !wanted.isAfter(clock.instant())) {
            throw Refusal.of(HttpStatus.BAD_REQUEST, "'expiresAt' is over already.");
        }
        return wanted == null ? null : wanted.truncatedTo(ChronoUnit.MICROS);
    }

    private static ErrorResponseException unknown() {
        return Refusal.of(HttpStatus.NOT_FOUND, "There is no key of this id in force.");
    }
}
