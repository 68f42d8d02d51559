package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

/** A value from outside with items that templates find by key or index: {@code row['id']}. */
public interface HasItems {

    /** The item of a key, or of an index as a long; null if there is none. */
    @Nullable Object item(Object key);
}
