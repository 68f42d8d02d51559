package dev.millrace.operations.access;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Gives API keys, recognizes them, and takes them away. */
@Component
class ApiKeys {

    private final ApiKeyTable table;
    private final OperatorKeyUse use;
    private final TransactionOperations transactions;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /**
     * A key that was just made.
     *
     * @param key what is known of it
     * @param secret what only its owner will know
     */
    record Issued(ApiKey key, ApiKeySecret secret) {}

    ApiKeys(
            ApiKeyTable table,
            OperatorKeyUse use,
            TransactionOperations transactions,
            Clock clock) {
        this.table = table;
        this.use = use;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Whose key this is; empty if it is unknown, wrong, expired or revoked. */
    Optional<Operator> verify(String text) {
        Instant now = now();
        Optional<ApiKey> good =
                ApiKeySecret.parse(text).flatMap(table::match).filter(key -> key.isGood(now));
        good.ifPresent(key -> use.used(key.id(), now));
        return good.map(key -> new Operator(key.name(), key.role(), "key " + key.id()));
    }

    List<ApiKey> all() {
        return table.all();
    }

    /** Makes a key; empty if another in force has the name. */
    Optional<Issued> create(
            String name, OperatorRole role, @Nullable Instant expiresAt, String creator) {
        try {
            return Optional.of(insert(name, role, expiresAt, creator));
        } catch (DuplicateKeyException e) {
            return Optional.empty();
        }
    }

    /**
     * Makes a key that takes the place of another, which ends after the grace; empty if there is no
     * such key in force.
     *
     * @param expiresAt when the new key ends; null for when the old one was to end, so that nobody
     *     makes an eternal key by saying nothing
     */
    Optional<Issued> rotate(
            String id, @Nullable Instant expiresAt, Duration grace, String creator) {
        Instant now = now();
        return Objects.requireNonNull(
                transactions.execute(
                        transaction -> {
                            Optional<ApiKey> old = table.find(id).filter(key -> key.isGood(now));
                            if (old.isEmpty()) {
                                return Optional.empty();
                            }
                            // The index lets one key have the name: first the old one gives it up.
                            ApiKeySecret secret = ApiKeySecret.random(random);
                            if (!table.replace(id, secret.id(), now.plus(grace))) {
                                return Optional.empty();
                            }
                            return Optional.of(
                                    insert(
                                            secret,
                                            old.get().name(),
                                            old.get().role(),
                                            expiresAt == null ? old.get().expiresAt() : expiresAt,
                                            creator));
                        }));
    }

    /** Takes a key away; false if there is no such key in force. */
    boolean revoke(String id, String by) {
        return table.revoke(id, now(), by);
    }

    private Issued insert(
            String name, OperatorRole role, @Nullable Instant expiresAt, String creator) {
        return insert(ApiKeySecret.random(random), name, role, expiresAt, creator);
    }

    private Issued insert(
            ApiKeySecret secret,
            String name,
            OperatorRole role,
            @Nullable Instant expiresAt,
            String creator) {
        ApiKey key =
                new ApiKey(
                        secret.id(), name, role, now(), creator, expiresAt, null, null, null, null);
        table.insert(key, secret.hash());
        return new Issued(key, secret);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
