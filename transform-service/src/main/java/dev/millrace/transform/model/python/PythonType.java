package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;

import org.jspecify.annotations.Nullable;

/** A class of Python: called, it makes a value, and it has members of its own. */
record PythonType(String name, Invocable constructor, HasAttributes members)
        implements Invocable, HasAttributes {

    @Override
    public Object call(Arguments arguments) {
        return constructor.call(arguments);
    }

    @Override
    public @Nullable Object attribute(String member) {
        return members.attribute(member);
    }

    @Override
    public String toString() {
        return "<class '" + name + "'>";
    }
}
