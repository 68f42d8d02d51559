package dev.millrace.transform.jinja;

import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;

/** What {@code items()}, {@code keys()} and {@code values()} of a dict give. */
final class DictView extends AbstractCollection<Object> {

    private final String kind;
    private final Collection<?> items;

    DictView(String kind, Collection<?> items) {
        this.kind = kind;
        this.items = items;
    }

    String kind() {
        return kind;
    }

    @Override
    public Iterator<Object> iterator() {
        Iterator<?> iterator = items.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return iterator.hasNext();
            }

            @Override
            public Object next() {
                return iterator.next();
            }
        };
    }

    @Override
    public int size() {
        return items.size();
    }
}
