package dev.millrace.transform.model.partial;

/** A value is of a kind that cannot be kept. */
final class UnkeepableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnkeepableException(Class<?> kind) {
        super("values of " + kind.getName() + " cannot be kept");
    }
}
