package dev.millrace.transform.model.partial;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.stream.Stream;

/** Writes a record as its components, one after the other. */
final class RecordCodec {

    private final Constructor<?> constructor;
    private final Method[] accessors;
    private final Codec[] components;

    private RecordCodec(Constructor<?> constructor, Method[] accessors, Codec[] components) {
        this.constructor = constructor;
        this.accessors = accessors;
        this.components = components;
    }

    static Codec of(Class<?> type, Codecs codecs) {
        RecordComponent[] declared = type.getRecordComponents();
        Codec[] components =
                Stream.of(declared)
                        .map(each -> codecs.of(each.getGenericType()))
                        .toArray(Codec[]::new);
        Method[] accessors =
                Stream.of(declared).map(RecordComponent::getAccessor).toArray(Method[]::new);
        Class<?>[] types =
                Stream.of(declared).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            Stream.of(accessors).forEach(accessor -> accessor.setAccessible(true));
            RecordCodec codec = new RecordCodec(constructor, accessors, components);
            return new Shared(codec::write, codec::read);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every record has a constructor of its own", e);
        }
    }

    private void write(ValueWriter to, Object value) {
        for (int i = 0; i < components.length; i++) {
            components[i].write(to, component(accessors[i], value));
        }
    }

    private static @Nullable Object component(Method accessor, Object value) {
        try {
            return accessor.invoke(value);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(accessor + " cannot be called", e);
        }
    }

    private Object read(ValueReader from) {
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = components[i].read(from);
        }
        try {
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            throw new DamagedException("there is no such " + constructor.getName(), e);
        }
    }
}
