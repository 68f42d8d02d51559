package dev.millrace.serving.query;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * An answer on its way to a caller.
 *
 * @param tag tells this answer from others to the same request
 * @param sent gives back what the answer holds
 */
record Delivery(ChunkedBytes body, @Nullable String tag, Runnable sent) implements AutoCloseable {

    /** Tells the caller to ask again. */
    static final Delivery CONTINUE_WAIT = new Delivery(continueWait(), null, () -> {});

    /**
     * The answer of results, or that the caller has it already.
     *
     * @param writing the answer but for its rows
     * @param known the tag of what the caller has
     * @param memory is asked before the answer takes some beside what is there
     * @param sent gives back what the answer holds; run at once if this fails
     */
    static Delivery of(
            Supplier<WrittenAnswer> writing,
            Results results,
            String requestId,
            @Nullable String known,
            LongConsumer memory,
            Runnable sent) {
        try {
            WrittenAnswer written = writing.get();
            return new Delivery(
                    written.tag().equals(known)
                            ? new ChunkedBytes(_ -> {})
                            : written.body(results, requestId, memory),
                    written.tag(),
                    sent);
        } catch (RuntimeException | Error e) {
            sent.run();
            throw e;
        }
    }

    /** Whether the caller, who has that already, need not be sent it again. */
    boolean isKnown(@Nullable String knownTag) {
        return tag != null && tag.equals(knownTag);
    }

    private static ChunkedBytes continueWait() {
        ChunkedBytes body = new ChunkedBytes(_ -> {});
        body.write("{\"error\":\"Continue wait\"}".getBytes(StandardCharsets.UTF_8));
        return body;
    }

    @Override
    public void close() {
        sent.run();
    }
}
