package dev.millrace.operations.audit;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/**
 * One action of an operator, or the attempt.
 *
 * @param id grows with time
 * @param at when it began
 * @param actor who; empty if nobody was recognized
 * @param role the highest role of who acted
 * @param credential by which key or token
 * @param method the HTTP method
 * @param path the path without the query
 * @param reason what {@code X-Reason} said
 * @param status the HTTP status of the answer; empty if there was none yet
 * @param remoteAddress where the request came from
 * @param traceId the trace of the request
 */
record AuditEntry(
        long id,
        Instant at,
        @Nullable String actor,
        @Nullable String role,
        @Nullable String credential,
        String method,
        String path,
        @Nullable String reason,
        @Nullable Integer status,
        String remoteAddress,
        @Nullable String traceId) {}
