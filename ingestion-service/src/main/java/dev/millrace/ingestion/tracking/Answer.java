package dev.millrace.ingestion.tracking;

import dev.millrace.ingestion.source.OutletUnavailableException;

import org.jspecify.annotations.Nullable;

/** What a caller is told. */
sealed interface Answer {

    /** The request is done with: its events are safe, or it has none that count. */
    record Done() implements Answer {}

    /**
     * The request is wrong, and nothing of it was taken; to send it again is useless.
     *
     * @param message RudderStack's words for it
     * @param detail what exactly is wrong; null if the message says all
     */
    record Wrong(int status, String message, @Nullable String detail) implements Answer {}

    /** The request can be sent again later. */
    record Later(OutletUnavailableException.Reason reason) implements Answer {

        String detail() {
            return switch (reason) {
                case BUFFER_FULL -> "more is on its way already than the buffer holds; send again";
                case KAFKA -> "Kafka does not take records now; send again";
                case NOT_ACKNOWLEDGED -> "Kafka did not acknowledge in time; send again";
                case STOPPING -> "the service is stopping; send again";
            };
        }

        /** Seconds for {@code Retry-After}. */
        int retryAfter() {
            return switch (reason) {
                case BUFFER_FULL -> 1;
                case KAFKA, NOT_ACKNOWLEDGED, STOPPING -> 5;
            };
        }
    }

    /** The source has had all the requests that it may have in this second. */
    record TooFast() implements Answer {

        /** Seconds for {@code Retry-After}. */
        int retryAfter() {
            return 1;
        }
    }

    Answer DONE = new Done();

    static Wrong invalidJson(@Nullable String detail) {
        return new Wrong(400, "invalid json", detail);
    }

    /** Segment answers 400 to what is too large, RudderStack 413. */
    static Wrong tooLarge(boolean strict, String detail) {
        return new Wrong(strict ? 413 : 400, "request size exceeds max limit", detail);
    }

    static Wrong tooSlow() {
        return new Wrong(408, "request timeout", "the body took too long to come; send again");
    }

    static Wrong emptyBatch() {
        return new Wrong(400, "empty batch payload", null);
    }

    static Wrong noBody() {
        return new Wrong(400, "request body is nil", null);
    }

    static Wrong noWriteKey() {
        return new Wrong(401, "failed to read writekey from header", null);
    }

    static Wrong unknownWriteKey() {
        return new Wrong(401, "invalid write key", null);
    }

    static Wrong refused(RefusedEventException refusal) {
        return new Wrong(400, refusal.answer(), refusal.detail());
    }

    static Wrong refused(RefusedEventException refusal, int index) {
        String where = "batch[" + index + "]";
        return new Wrong(
                400, refusal.answer() + " (" + where + ")", where + ": " + refusal.detail());
    }
}
