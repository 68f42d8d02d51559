package dev.millrace.operations.audit;

/** Whom the audit names as the one who acted. */
public interface Actor {

    String name();

    /** The highest role, or an empty text. */
    String role();

    /** By which key or kind of token; never the secret itself. */
    String credential();
}
