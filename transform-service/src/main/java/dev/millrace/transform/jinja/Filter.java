package dev.millrace.transform.jinja;

/** A filter beyond Jinja's own. */
@FunctionalInterface
public interface Filter {

    /**
     * What becomes of a value.
     *
     * @throws JinjaException if the value is none it works on
     */
    Object apply(Object value, Arguments arguments);
}
