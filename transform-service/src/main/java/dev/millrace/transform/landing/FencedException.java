package dev.millrace.transform.landing;

/** Somebody else lands a partition that this lander took for its own: it has to let go. */
final class FencedException extends Exception {

    FencedException(String message) {
        super(message);
    }
}
