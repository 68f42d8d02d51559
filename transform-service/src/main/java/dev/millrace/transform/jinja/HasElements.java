package dev.millrace.transform.jinja;

/** A value from outside that templates may go through: {@code for row in rows}. */
public interface HasElements extends Iterable<Object> {

    /** How many elements it has; one without any is false. */
    int length();
}
