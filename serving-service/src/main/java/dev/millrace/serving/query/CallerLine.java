package dev.millrace.serving.query;

/** The connection that a caller waits at; used by the thread of the caller's request alone. */
public interface CallerLine {

    /** Whether the caller has closed it. */
    boolean isGone();

    /** Cuts it, so that the caller sees that what it got is not all. */
    void cut();
}
