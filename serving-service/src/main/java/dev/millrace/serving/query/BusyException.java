package dev.millrace.serving.query;

/** There is too much to do just now; the same request can succeed in a moment. */
final class BusyException extends RuntimeException {

    BusyException(String message) {
        super(message + "; try again in a moment");
    }
}
