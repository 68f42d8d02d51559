package dev.millrace.operations.access;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/**
 * What is known of an API key; its secret is not.
 *
 * @param id the part of the key that may be shown
 * @param name what it is for
 * @param role what it may do
 * @param createdAt since when there is this key
 * @param createdBy who made it
 * @param expiresAt when it ends, if it does
 * @param revokedAt when it was taken away
 * @param revokedBy who took it away
 * @param replacedBy the key that took its name
 * @param lastUsedAt when it was last presented, some seconds late
 */
record ApiKey(
        String id,
        String name,
        OperatorRole role,
        Instant createdAt,
        String createdBy,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable String revokedBy,
        @Nullable String replacedBy,
        @Nullable Instant lastUsedAt) {

    boolean isGood(Instant now) {
        return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
    }
}
