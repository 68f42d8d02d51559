package dev.millrace.serving.query;

import java.nio.charset.StandardCharsets;

/**
 * An answer on its way to a caller.
 *
 * @param sent gives back what the answer holds
 */
record Delivery(ChunkedBytes body, Runnable sent) implements AutoCloseable {

    /** Tells the caller to ask again. */
    static final Delivery CONTINUE_WAIT = new Delivery(continueWait(), () -> {});

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
