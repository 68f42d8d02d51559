package dev.millrace.operations.audit;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/**
 * Which entries of the audit are asked for; what is not given does not matter.
 *
 * @param actor who acted
 * @param method the HTTP method
 * @param path how the path begins
 * @param status the HTTP status of the answer
 * @param from not earlier than this
 * @param to earlier than this
 * @param before older than the entry of this id: where the last page ended
 * @param limit how many at most
 */
record AuditQuery(
        @Nullable String actor,
        @Nullable String method,
        @Nullable String path,
        @Nullable Integer status,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable Long before,
        int limit) {}
