package dev.millrace.transform.materialization.live;

/** A model's table cannot be brought up to date from where it is, and is to be built anew. */
final class NeedsBuildException extends Exception {
    NeedsBuildException(String message) {
        super(message);
    }
}
