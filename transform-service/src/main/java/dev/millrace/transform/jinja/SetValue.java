package dev.millrace.transform.jinja;

import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;

/** A set as templates have it: in the order of insertion, and it may be changed. */
public final class SetValue extends AbstractSet<Object> {

    private final DictValue items = new DictValue();

    public SetValue() {}

    public SetValue(Collection<?> items) {
        addAll(items);
    }

    @Override
    public boolean add(Object item) {
        boolean isNew = !items.containsKey(item);
        if (isNew) {
            items.put(item, true);
        }
        return isNew;
    }

    @Override
    public boolean contains(Object item) {
        return items.containsKey(item);
    }

    @Override
    public boolean remove(Object item) {
        return items.remove(item) != null;
    }

    @Override
    public Iterator<Object> iterator() {
        return items.keySet().iterator();
    }

    @Override
    public int size() {
        return items.size();
    }
}
