package dev.millrace.transform.jinja;

import java.util.AbstractList;
import java.util.List;

/** A tuple: a list that stays as it is. */
final class TupleValue extends AbstractList<Object> {

    private final List<Object> items;

    TupleValue(List<?> items) {
        this.items = List.copyOf(items);
    }

    static TupleValue of(Object... items) {
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
