package dev.millrace.serving.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.millrace.operations.access.ApiKeySecret;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Gives keys for the metrics doors, recognizes them, and takes them away. */
@Component
class CallerKeys {

    /**
     * A key that is taken away is so within a second in every replica: half of one for what is
     * remembered, and the rest for looking it up.
     */
    private static final Duration REMEMBERED = Duration.ofMillis(500);

    /** Ids of no key are remembered as well, so that guesses do not all reach the database. */
    private static final int MOST_REMEMBERED = 10_000;

    private final CallerKeyTable table;
    private final CallerKeyUse use;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Cache<String, Optional<CallerKeyTable.Row>> known =
            Caffeine.newBuilder()
                    .maximumSize(MOST_REMEMBERED)
                    .expireAfterWrite(REMEMBERED)
                    .executor(Runnable::run)
                    .build();

    /**
     * A secret that was just made.
     *
     * @param secret what only its owner will know
     */
    record Issued(CallerKey key, ApiKeySecret secret) {}

    CallerKeys(CallerKeyTable table, CallerKeyUse use, Clock clock) {
        this.table = table;
        this.use = use;
        this.clock = clock;
    }

    /** Which key this is; empty if it is unknown, wrong, expired or revoked. */
    Optional<CallerKey> verify(String text) {
        Instant now = clock.instant();
        Optional<CallerKey> good =
                ApiKeySecret.parse(CallerKey.PREFIX, text)
                        .flatMap(secret -> row(secret.id()).filter(row -> row.matches(secret, now)))
                        .map(CallerKeyTable.Row::key)
                        .filter(key -> key.isGood(now));
        good.ifPresent(key -> use.used(key.id(), now.truncatedTo(ChronoUnit.MICROS)));
        return good;
    }

    /** The key of that id, if it is in force. */
    Optional<CallerKey> inForce(String id) {
        return row(id).map(CallerKeyTable.Row::key).filter(key -> key.isGood(clock.instant()));
    }

    private Optional<CallerKeyTable.Row> row(String id) {
        return known.get(id, table::find);
    }

    List<CallerKey> search(CallerKeyTable.Search search) {
        return table.search(search, now());
    }

    /** Makes the key; empty if another in force has the name. */
    Optional<Issued> create(CallerKey wanted) {
        ApiKeySecret secret = ApiKeySecret.random(CallerKey.PREFIX, random);
        CallerKey key =
                new CallerKey(
                        secret.id(),
                        wanted.name(),
                        wanted.securityContext(),
                        wanted.scopes(),
                        wanted.limits(),
                        wanted.grants(),
                        now(),
                        wanted.createdBy(),
                        wanted.expiresAt(),
                        null,
                        null,
                        null,
                        null,
                        null);
        try {
            table.insert(key, secret.hash());
        } catch (DuplicateKeyException e) {
            return Optional.empty();
        }
        return Optional.of(new Issued(key, secret));
    }

    /**
     * Gives a key in force another secret; empty if there is none of that id.
     *
     * @param overlap how long the secret that it has is good beside the new one; one from before
     *     the last rotation ends now
     * @param expiresAt when the key ends, if not as before
     */
    Optional<Issued> rotate(String id, Duration overlap, @Nullable Instant expiresAt, String by) {
        Instant now = now();
        ApiKeySecret secret = ApiKeySecret.another(CallerKey.PREFIX, id, random);
        return table.rotate(id, secret.hash(), now, now.plus(overlap), expiresAt, by)
                .map(key -> forgotten(new Issued(key, secret)));
    }

    private Issued forgotten(Issued issued) {
        known.invalidate(issued.key().id());
        return issued;
    }

    /** Replaces the budgets of a key in force. */
    Optional<CallerKey> limit(String id, Limits limits) {
        Optional<CallerKey> limited = table.limit(id, limits);
        known.invalidate(id);
        return limited;
    }

    /** Takes a key away with all its secrets; false if there is no such key in force. */
    boolean revoke(String id, String by) {
        boolean revoked = table.revoke(id, now(), by);
        known.invalidate(id);
        return revoked;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
