package dev.millrace.transform.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/** A dict as templates have it: in the order of insertion, and it may be changed. */
public final class DictValue extends LinkedHashMap<Object, Object> {

    public DictValue() {}

    public DictValue(Map<?, ?> entries) {
        super(entries);
    }
}
