package dev.millrace.transform.quarantine;

/** What should be JSON is none. */
public final class NoJsonException extends Exception {

    NoJsonException(String message) {
        super(message);
    }
}
