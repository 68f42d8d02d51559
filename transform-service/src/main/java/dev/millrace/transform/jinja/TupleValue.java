package dev.millrace.transform.jinja;

import java.util.AbstractList;
import java.util.List;

/** A tuple: a list that stays as it is. */
public class TupleValue extends AbstractList<Object> {

    private final List<Object> items;

    public TupleValue(List<?> items) {
        this.items = List.copyOf(items);
    }

    public static TupleValue of(Object... items) {
        return new TupleValue(List.of(items));
    }

    @Override
    public Object get(int index) {
        return items.get(index);
    }

    @Override
    public int size() {
        return items.size();
    }
}
