package dev.millrace.transform.model;

/** A selection that means nothing in the project. */
public final class InvalidSelectionException extends Exception {

    InvalidSelectionException(String message) {
        super(message);
    }
}
