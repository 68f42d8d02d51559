package dev.millrace.transform.jinja;

/** Carries the value of {@code return(value)} to the macro that it ends. */
final class ReturnSignal extends RuntimeException {

    private final transient Object value;

    ReturnSignal(Object value) {
        super("return() stands outside a macro", null, false, false);
        this.value = value;
    }

    Object value() {
        return value;
    }
}
