package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

/** A value from outside that templates may ask for attributes, by name and nothing else. */
public interface HasAttributes {

    /** The value of an attribute; null if there is none of this name. */
    @Nullable Object attribute(String name);

    /** What to tell of an attribute that is not there. */
    default String absence(String name) {
        return "this " + Values.typeName(this) + " has no attribute '" + name + "'";
    }
}
