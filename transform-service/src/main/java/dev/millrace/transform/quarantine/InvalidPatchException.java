package dev.millrace.transform.quarantine;

/** A patch is no JSON Patch; the message says what to give instead. */
public final class InvalidPatchException extends Exception {

    InvalidPatchException(String message) {
        super(message);
    }
}
