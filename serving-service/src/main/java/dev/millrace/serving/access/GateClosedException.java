package dev.millrace.serving.access;

import java.time.Duration;

/** A caller who was recognized is not let in now, or not as far as it wants. */
public final class GateClosedException extends RuntimeException {

    private final Reason reason;
    private final Duration retryAfter;

    /** Why not. */
    public enum Reason {
        /** A budget is used up. */
        BUDGET,
        /** The service cannot do what belongs to it. */
        UNAVAILABLE
    }

    /**
     * @param message what to do; the caller sees it
     * @param retryAfter when it is worth another try
     */
    public GateClosedException(Reason reason, String message, Duration retryAfter) {
        super(message);
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    /** Why not. */
    public Reason reason() {
        return reason;
    }

    /** Whole seconds, one at least. */
    public long retryAfterSeconds() {
        return Math.max(1, retryAfter.plusMillis(999).toSeconds());
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
