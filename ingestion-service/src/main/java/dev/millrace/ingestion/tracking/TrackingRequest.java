package dev.millrace.ingestion.tracking;

import org.jspecify.annotations.Nullable;

/**
 * A request as its headers tell it.
 *
 * @param call the call that the path names; null for a batch
 * @param headerKey write key of the Authorization header
 * @param queryKey write key of the query
 * @param strict whether the caller wants to be told of mistakes
 * @param address the peer's address
 * @param fromPage whether a browser's page sent it
 * @param traceParent W3C trace context that its records carry
 */
record TrackingRequest(
        @Nullable Call call,
        @Nullable String headerKey,
        @Nullable String queryKey,
        boolean strict,
        String address,
        boolean fromPage,
        @Nullable String traceParent) {

    int bodyLimit() {
        return call == null ? Limits.BATCH_BYTES : Limits.SINGLE_BYTES;
    }

    /** Leaves the keys out, as this may be logged. */
    @Override
    public String toString() {
        return "TrackingRequest[" + (call == null ? "batch" : call.type()) + "]";
    }
}
