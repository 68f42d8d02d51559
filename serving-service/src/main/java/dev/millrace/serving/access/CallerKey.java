package dev.millrace.serving.access;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * What is known of a key for the metrics doors; its secrets are not.
 *
 * @param id the part of the key that may be shown; stays when it is rotated
 * @param name what it is for
 * @param securityContext what a token's payload would be
 * @param scopes what it may be used for
 * @param limits its own budgets
 * @param grants claims that pages embedded with it may be given, with their values; {@code "*"} for
 *     any
 * @param createdAt since when there is this key
 * @param createdBy who made it
 * @param expiresAt when it ends, if it does
 * @param rotatedAt when its secret was replaced last
 * @param previousUntil until when the secret before that is good
 * @param revokedAt when it was taken away
 * @param revokedBy who took it away
 * @param lastUsedAt when it was last presented, some seconds late
 */
record CallerKey(
        String id,
        String name,
        Map<String, Object> securityContext,
        Set<Scope> scopes,
        Limits limits,
        Map<String, Object> grants,
        Instant createdAt,
        String createdBy,
        @Nullable Instant expiresAt,
        @Nullable Instant rotatedAt,
        @Nullable Instant previousUntil,
        @Nullable Instant revokedAt,
        @Nullable String revokedBy,
        @Nullable Instant lastUsedAt) {

    /** What such a key begins with. */
    static final String PREFIX = "mrk_";

    CallerKey {
        securityContext = Map.copyOf(securityContext);
        scopes = Set.copyOf(scopes);
        grants = Map.copyOf(grants);
    }

    boolean isGood(Instant now) {
        return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
    }
}
