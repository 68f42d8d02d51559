package dev.millrace.transform.materialization;

/** The relation is in place, but a statement that was to run after that has failed. */
public final class AfterHookFailedException extends Exception {

    private final transient Built built;

    AfterHookFailedException(Built built, String message) {
        super(message);
        this.built = built;
    }

    public Built built() {
        return built;
    }
}
