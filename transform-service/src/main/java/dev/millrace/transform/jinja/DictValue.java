package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A dict as templates have it: in the order of insertion, and it may be changed. Numbers that are
 * equal are one key.
 */
public final class DictValue extends LinkedHashMap<Object, Object> {

    public DictValue() {}

    public DictValue(Map<?, ?> entries) {
        putAll(entries);
    }

    @Override
    public @Nullable Object get(@Nullable Object key) {
        return key == null ? null : super.get(known(key));
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return key != null && super.containsKey(known(key));
    }

    @Override
    public @Nullable Object put(Object key, Object value) {
        return super.put(known(hashable(key)), value);
    }

    @Override
    public void putAll(Map<?, ?> entries) {
        entries.forEach(this::put);
    }

    @Override
    public @Nullable Object remove(@Nullable Object key) {
        return key == null ? null : super.remove(known(key));
    }

    /** The key that the dict has for an equal one. */
    private @Nullable Object known(@Nullable Object key) {
        if (key == null || key instanceof String || !Values.isNumber(key)) {
            return key;
        }
        if (isEmpty() || super.containsKey(key)) {
            return key;
        }
        for (Object same : same(key)) {
            if (super.containsKey(same)) {
                return same;
            }
        }
        return key;
    }

    private static Object[] same(Object number) {
        double real = Values.real(number);
        long whole = (long) real;
        if (!Values.equal(whole, number)) {
            return new Object[] {real};
        }
        return whole == 0 || whole == 1
                ? new Object[] {whole, real, whole == 1, BigDecimal.valueOf(whole)}
                : new Object[] {whole, real, BigDecimal.valueOf(whole)};
    }

    /** A value that may be a key. */
    static Object hashable(Object key) {
        boolean changeable =
                key instanceof ListValue
                        || key instanceof DictValue
                        || key instanceof SetValue
                        || key instanceof DictView;
        if (key instanceof TupleValue tuple) {
            tuple.forEach(DictValue::hashable);
        }
        if (changeable) {
            throw new JinjaException(
                    "a " + Values.typeName(key) + " cannot be a key, as it may change");
        }
        return key;
    }
}
