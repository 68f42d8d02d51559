package dev.millrace.serving.query;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;

/**
 * An answer on its way to a caller.
 *
 * @param tag tells this answer from others to the same request
 * @param sent gives back what the answer holds
 */
record Delivery(ChunkedBytes body, @Nullable String tag, Runnable sent) implements AutoCloseable {

    /** Tells the caller to ask again. */
    static final Delivery CONTINUE_WAIT = new Delivery(continueWait(), null, () -> {});

    /** The caller has it already. */
    static Delivery notModified(String tag) {
        return new Delivery(new ChunkedBytes(_ -> {}), tag, () -> {});
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
