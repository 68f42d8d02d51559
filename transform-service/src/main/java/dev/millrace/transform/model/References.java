package dev.millrace.transform.model;

import dev.millrace.transform.jinja.Arguments;

/** What {@code ref}, {@code source} and {@code config} do: note what is asked, or answer it. */
interface References {

    Object ref(String name);

    Object source(String source, String table);

    Object config(Arguments arguments);

    /** A setting of the node by name; None if it has none of that name. */
    Object setting(String name);
}
