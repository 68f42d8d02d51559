package dev.millrace.transform.model.select;

/** A selection that cannot be understood, or asks for what is not there. */
public final class InvalidSelectionException extends Exception {

    /**
     * @param where what was given, such as an option with its value or a place in a file
     * @param what what is wrong with it and what to do
     */
    InvalidSelectionException(String where, String what) {
        super(where + ": " + what);
    }
}
