package dev.millrace.transform.jinja;

import dev.millrace.contracts.project.NearestName;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Attributes and items of values. */
final class Access {

    private final Methods methods;
    private final Undefineds undefineds;
    private final UnaryOperator<Object> binder;

    Access(Methods methods, Undefineds undefineds, UnaryOperator<Object> binder) {
        this.methods = methods;
        this.undefineds = undefineds;
        this.binder = binder;
    }

    /** {@code target.name}: a method or attribute, or else the item of that key. */
    Object attribute(Object target, String name) {
        if (target instanceof Undefined undefined) {
            return within(undefined);
        }
        Object own = own(target, name);
        if (own != null) {
            return own;
        }
        Object value =
                switch (target) {
                    case Map<?, ?> map -> map.get(name);
                    case HasItems items -> items.item(name);
                    default -> null;
                };
        return value == null ? missing(target, name) : binder.apply(value);
    }

    /** {@code target|attr(name)}: a method or attribute. */
    Object attributeOnly(Object target, String name) {
        if (target instanceof Undefined undefined) {
            return within(undefined);
        }
        Object own = own(target, name);
        return own == null ? missing(target, name) : own;
    }

    private @Nullable Object own(Object target, String name) {
        if (target instanceof HasAttributes object) {
            Object value = object.attribute(name);
            return value == null ? null : binder.apply(value);
        }
        return methods.find(target, name);
    }

    /** {@code target[key]}: an item, or else the attribute of that name. */
    Object item(Object target, Object key) {
        if (target instanceof Undefined undefined) {
            return within(undefined);
        }
        if (key instanceof Slices slices) {
            return Slices.cut(target) ? slices.of(target) : missing(target, "[:]");
        }
        Values.usable(key);
        Object value =
                switch (target) {
                    case Map<?, ?> map -> map.get(key);
                    case HasItems items -> items.item(key);
                    default -> null;
                };
        if (value != null) {
            return binder.apply(value);
        }
        if (Values.isInteger(key) && isIndexed(target)) {
            return at(target, key);
        }
        return key instanceof String name ? attribute(target, name) : missing(target, key);
    }

    private static boolean isIndexed(Object target) {
        return target instanceof List<?>
                || target instanceof String
                || (target instanceof HasElements && !(target instanceof HasItems));
    }

    private Object at(Object target, Object key) {
        List<?> items = target instanceof List<?> list ? list : Elements.iterate(target);
        long index = key instanceof java.math.BigInteger ? Long.MAX_VALUE : Values.integer(key);
        long at = index < 0 ? items.size() + index : index;
        if (at >= 0 && at < items.size()) {
            return items.get((int) at);
        }
        String type = Values.typeName(target);
        int size = items.size();
        return Undefined.absent(
                () -> "the " + type + " has no item " + index + ", only " + size, undefineds);
    }

    private static Object within(Undefined undefined) {
        if (undefined.chainable()) {
            return undefined;
        }
        throw undefined.mistake();
    }

    private Undefined missing(Object target, Object name) {
        return Undefined.absent(
                () -> {
                    if (target instanceof HasAttributes object) {
                        return object.absence(Values.text(name));
                    }
                    List<String> known =
                            target instanceof Map<?, ?> map
                                    ? map.keySet().stream().map(Values::text).toList()
                                    : List.of();
                    return "this "
                            + Values.typeName(target)
                            + " has no attribute '"
                            + Values.text(name)
                            + "'"
                            + NearestName.hint(Values.text(name), known);
                },
                undefineds);
    }
}
