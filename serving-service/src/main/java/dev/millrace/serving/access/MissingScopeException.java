package dev.millrace.serving.access;

/** A caller asks for what its key or token is not for. */
public final class MissingScopeException extends RuntimeException {

    private final Scope scope;

    MissingScopeException(Scope scope) {
        // Cube's words.
        super("API scope is missing: " + scope.text());
        this.scope = scope;
    }

    /** What it would have to be for. */
    public Scope scope() {
        return scope;
    }
}
