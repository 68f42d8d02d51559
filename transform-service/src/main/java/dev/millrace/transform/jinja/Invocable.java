package dev.millrace.transform.jinja;

/** Something that templates can call. */
@FunctionalInterface
public interface Invocable {

    /**
     * What the call gives.
     *
     * @throws JinjaException if the call makes no sense; the place is added by the caller
     */
    Object call(Arguments arguments);
}
