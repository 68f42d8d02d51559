package dev.millrace.transform.jinja;

import java.util.ArrayList;
import java.util.Collection;

/** A list as templates have it: it may be changed. */
public final class ListValue extends ArrayList<Object> {

    public ListValue() {}

    public ListValue(Collection<?> items) {
        super(items);
    }
}
