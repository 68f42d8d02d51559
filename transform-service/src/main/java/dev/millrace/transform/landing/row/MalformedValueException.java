package dev.millrace.transform.landing.row;

/** The value of a record is not the JSON that its stream says. */
public final class MalformedValueException extends Exception {

    public MalformedValueException(String message) {
        super(message);
    }
}
