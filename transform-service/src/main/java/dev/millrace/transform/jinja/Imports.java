package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

/** Where the tags {@code import} and {@code from} find templates. */
@FunctionalInterface
interface Imports {

    /** No template can be imported. */
    Imports NONE =
            name -> {
                throw new JinjaException(
                        "'" + name + "' cannot be imported; macros are known by their names");
            };

    /** The template of a name; null if there is none. */
    @Nullable Template find(String name);
}
