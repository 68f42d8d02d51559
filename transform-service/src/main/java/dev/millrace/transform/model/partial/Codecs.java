package dev.millrace.transform.model.partial;

import dev.millrace.transform.jinja.Source;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.manifest.NodeSettings;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Writes and reads records by what their components are declared to be. No name of a class is ever
 * read, so that nothing else than these can be made.
 */
final class Codecs {

    private static final PlainValues PLAIN = new PlainValues();

    private final Map<Type, Codec> known = new HashMap<>();

    Codecs() {
        known.put(Object.class, PLAIN);
        known.put(String.class, nullable(ValueWriter::text, ValueReader::text));
        known.put(int.class, number(v -> ((Integer) v).longValue(), Long::intValue));
        known.put(long.class, number(value -> (Long) value, value -> value));
        known.put(boolean.class, number(v -> (Boolean) v ? 1L : 0L, v -> v != 0));
        known.put(Integer.class, PLAIN);
        known.put(Boolean.class, PLAIN);
        known.put(Instant.class, nullable(Codecs::writeInstant, Codecs::readInstant));
        known.put(NodeSettings.class, new Shared(Codecs::writeSettings, Codecs::readSettings));
        known.put(Template.class, new Shared(Codecs::writeTemplate, Codecs::readTemplate));
    }

    /** How values of a type are written and read. */
    Codec of(Type type) {
        Codec found = known.get(type);
        if (found == null) {
            found = made(type);
            known.put(type, found);
        }
        return found;
    }

    private Codec made(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            Type[] of = parameterized.getActualTypeArguments();
            if (parameterized.getRawType() == List.class) {
                return collection(of(of[0]), ArrayList::new);
            }
            if (parameterized.getRawType() == Set.class) {
                return collection(of(of[0]), LinkedHashSet::newLinkedHashSet);
            }
            if (parameterized.getRawType() == Map.class) {
                return map(of(of[0]), of(of[1]));
            }
        }
        if (type instanceof Class<?> enumeration && enumeration.isEnum()) {
            return constant(enumeration.getEnumConstants());
        }
        if (type instanceof Class<?> record && record.isRecord()) {
            return RecordCodec.of(record, this);
        }
        throw new IllegalArgumentException("values of " + type + " cannot be kept");
    }

    private static Codec number(Function<Object, Long> written, Function<Long, Object> read) {
        return new Codec() {
            @Override
            public void write(ValueWriter to, @Nullable Object value) {
                if (value == null) {
                    throw new IllegalArgumentException("a number that is null");
                }
                to.number(written.apply(value));
            }

            @Override
            public Object read(ValueReader from) {
                return read.apply(from.number());
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static <T> Codec nullable(
            BiConsumer<ValueWriter, T> write, Function<ValueReader, T> read) {
        return new Codec() {
            @Override
            public void write(ValueWriter to, @Nullable Object value) {
                to.octet(value == null ? ValueReader.NULL : ValueReader.FIRST_TIME);
                if (value != null) {
                    write.accept(to, (T) value);
                }
            }

            @Override
            public @Nullable Object read(ValueReader from) {
                return from.octet() == ValueReader.NULL ? null : read.apply(from);
            }
        };
    }

    private static <C extends Collection<@Nullable Object>> Codec collection(
            Codec item, IntFunction<C> empty) {
        return nullable(
                (ValueWriter to, Collection<?> values) -> {
                    to.number(values.size());
                    values.forEach(value -> item.write(to, value));
                },
                from -> {
                    int size = from.count();
                    C values = empty.apply(Math.min(size, ValueReader.BELIEVED));
                    for (int i = 0; i < size; i++) {
                        values.add(item.read(from));
                    }
                    return values;
                });
    }

    private static Codec map(Codec key, Codec value) {
        return nullable(
                (ValueWriter to, Map<?, ?> values) -> {
                    to.number(values.size());
                    values.forEach(
                            (name, each) -> {
                                key.write(to, name);
                                value.write(to, each);
                            });
                },
                from -> {
                    int size = from.count();
                    Map<@Nullable Object, @Nullable Object> values =
                            LinkedHashMap.newLinkedHashMap(Math.min(size, ValueReader.BELIEVED));
                    for (int i = 0; i < size; i++) {
                        Object name = key.read(from);
                        values.put(name, value.read(from));
                    }
                    return values;
                });
    }

    private static Codec constant(Object[] constants) {
        Map<String, Enum<?>> byName = new HashMap<>();
        for (Object constant : constants) {
            byName.put(((Enum<?>) constant).name(), (Enum<?>) constant);
        }
        return nullable(
                (ValueWriter to, Enum<?> value) -> to.text(value.name()),
                from -> {
                    String name = from.text();
                    Enum<?> constant = byName.get(name);
                    if (constant == null) {
                        throw new DamagedException("there is no constant " + name);
                    }
                    return constant;
                });
    }

    private static void writeInstant(ValueWriter to, Instant instant) {
        to.number(instant.getEpochSecond());
        to.number(instant.getNano());
    }

    private static Instant readInstant(ValueReader from) {
        try {
            return Instant.ofEpochSecond(from.number(), from.number());
        } catch (DateTimeException | ArithmeticException e) {
            throw new DamagedException("there is no such time", e);
        }
    }

    private static void writeSettings(ValueWriter to, Object settings) {
        PLAIN.write(to, ((NodeSettings) settings).all());
    }

    private static Object readSettings(ValueReader from) {
        if (!(PLAIN.read(from) instanceof Map<?, ?> read)) {
            throw new DamagedException("settings are no mapping");
        }
        Map<String, @Nullable Object> settings = LinkedHashMap.newLinkedHashMap(read.size());
        read.forEach((name, value) -> settings.put(String.valueOf(name), value));
        return new NodeSettings(settings);
    }

    /** It was parsed once without a mistake, and may not be needed this time. */
    private static void writeTemplate(ValueWriter to, Object template) {
        Source source = ((Template) template).source();
        to.text(source.template());
        to.text(source.whole());
        to.number(source.from());
        to.number(source.to());
    }

    private static Object readTemplate(ValueReader from) {
        try {
            Source source =
                    new Source(from.text(), from.text(), (int) from.number(), (int) from.number());
            return Template.unparsed(source, DbtSyntax.SYNTAX);
        } catch (IllegalArgumentException e) {
            throw new DamagedException("a template is none", e);
        }
    }
}
