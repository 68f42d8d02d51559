package dev.millrace.transform.jinja;

/** What may be done with a name, attribute or item that has no value. */
public enum Undefineds {
    /**
     * A name without a value may only be asked whether it is defined; an absent attribute or item
     * is false, too.
     */
    STRICT,

    /** As Jinja does by itself: it prints nothing, is false and empty, and has no attributes. */
    LENIENT,

    /** As {@link #LENIENT}, and its attributes, items and calls have no value either. */
    CHAINABLE
}
