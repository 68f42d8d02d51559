package dev.millrace.transform.quarantine;

/** A filter makes no sense; the message says what to give instead. */
public final class InvalidFilterException extends Exception {

    InvalidFilterException(String message) {
        super(message);
    }
}
