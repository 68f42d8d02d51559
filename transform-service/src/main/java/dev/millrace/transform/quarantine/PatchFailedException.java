package dev.millrace.transform.quarantine;

/** A patch does not go with a value. */
public final class PatchFailedException extends Exception {

    PatchFailedException(String message) {
        super(message);
    }
}
