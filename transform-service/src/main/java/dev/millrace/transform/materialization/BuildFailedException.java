package dev.millrace.transform.materialization;

/** A build that cannot be done as things stand, for a reason that the user can remove. */
public final class BuildFailedException extends Exception {

    public BuildFailedException(String message) {
        super(message);
    }
}
