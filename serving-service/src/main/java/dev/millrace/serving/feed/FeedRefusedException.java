package dev.millrace.serving.feed;

/** A reader does not get what it asked for; the message says what to do. */
final class FeedRefusedException extends RuntimeException {

    private final Reason reason;

    /** Whose matter it is. */
    enum Reason {
        /** The request is not understood. */
        MALFORMED,
        /** The reader may not. */
        FORBIDDEN,
        /** There is no such relation, or none that anybody may read here. */
        UNKNOWN,
        /** It is not written in any form that the reader takes. */
        NOT_ACCEPTABLE,
        /** The same request can succeed later. */
        LATER
    }

    FeedRefusedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
