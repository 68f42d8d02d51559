package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

/** A value from outside that templates may ask for attributes, by name and nothing else. */
public interface HasAttributes {

    /** The value of an attribute; null if there is none of this name. */
    @Nullable Object attribute(String name);
}
