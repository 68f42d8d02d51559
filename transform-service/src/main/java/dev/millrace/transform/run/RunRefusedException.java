package dev.millrace.transform.run;

/** A run that cannot begin. */
final class RunRefusedException extends Exception {

    /** Whether to ask for something else, or for the same later. */
    enum Reason {
        INVALID,
        BUSY
    }

    private final Reason reason;

    RunRefusedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
