package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.TupleValue;

import java.util.List;

/** A list of results that may have so many values, those within its tuples counted. */
final class Bounded {

    private static final int MAX_VALUES = 1_000_000;

    private final String function;
    private final ListValue list = new ListValue();
    private long values;

    Bounded(String function) {
        this.function = function;
    }

    void add(Object value) {
        count(1);
        list.add(value);
    }

    /** Adds a tuple. */
    void add(List<?> items) {
        count(items.size() + 1L);
        list.add(new TupleValue(items));
    }

    private void count(long more) {
        values += more;
        if (values > MAX_VALUES) {
            throw new JinjaException(function + "() makes more than " + MAX_VALUES + " values");
        }
    }

    ListValue list() {
        return list;
    }
}
