package dev.millrace.transform.model.partial;

/** A value is of a kind that cannot be kept. */
final class UnkeepableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnkeepableException(String what) {
        super(what + " cannot be kept");
    }
}
