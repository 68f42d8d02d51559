package dev.millrace.transform.model.table;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.HasElements;
import dev.millrace.transform.jinja.HasItems;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Operand;
import dev.millrace.transform.jinja.TupleValue;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.List;

/** agate's sequence, whose values are found by index and, if it has keys, by key. */
class MappedSequence implements HasAttributes, HasItems, HasElements, Operand {

    private static final int SHOWN = 5;

    private final String type;
    private final TupleValue values;
    private final @Nullable Keys keys;

    MappedSequence(String type, List<?> values, @Nullable Keys keys) {
        this.type = type;
        this.values = new TupleValue(values);
        this.keys = keys;
    }

    /** A row of a table. */
    static MappedSequence row(List<?> values, Keys columns) {
        return new MappedSequence("Row", values, columns);
    }

    final TupleValue values() {
        return values;
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "keys" -> method(name, keys == null ? None.NONE : new TupleValue(keys.names()));
            case "values" -> method(name, values);
            case "items" -> (Invocable) arguments -> items(arguments.bind(name));
            case "dict" -> (Invocable) arguments -> dict(arguments.bind(name));
            case "get" -> (Invocable) this::get;
            case "index" -> (Invocable) this::index;
            case "count" ->
                    (Invocable)
                            arguments -> {
                                Object sought = arguments.bind(name, "value").get("value");
                                return values.stream()
                                        .filter(value -> Values.equal(value, sought))
                                        .count();
                            };
            default -> null;
        };
    }

    /** A method without parameters. */
    static Invocable method(String name, Object value) {
        return arguments -> {
            arguments.bind(name);
            return value;
        };
    }

    private TupleValue items(Arguments.Bound bound) {
        return new TupleValue(
                dict(bound).entrySet().stream()
                        .map(entry -> TupleValue.of(entry.getKey(), entry.getValue()))
                        .toList());
    }

    private DictValue dict(Arguments.Bound bound) {
        DictValue dict = new DictValue();
        if (keys == null) {
            throw new JinjaException(
                    bound.callee() + "(): the rows of a table have no names; they have indexes");
        }
        for (int i = 0; i < values.size(); i++) {
            dict.put(keys.names().get(i), values.get(i));
        }
        return dict;
    }

    /** A default that is false is None, as agate has it. */
    private Object get(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("get", "key", "default");
        Object value = bound.get("key") instanceof String key ? item(key) : null;
        Object otherwise = bound.get("default", None.NONE);
        return value != null ? value : Values.truth(otherwise) ? otherwise : None.NONE;
    }

    private Object index(Arguments arguments) {
        Object sought = arguments.bind("index", "value").get("value");
        for (int i = 0; i < values.size(); i++) {
            if (Values.equal(values.get(i), sought)) {
                return (long) i;
            }
        }
        throw new JinjaException(
                "index(): " + Values.representation(sought) + " is not in the " + type);
    }

    @Override
    public @Nullable Object item(Object key) {
        if (key instanceof Long index) {
            long at = index < 0 ? values.size() + index : index;
            return at >= 0 && at < values.size() ? values.get((int) at) : null;
        }
        Integer position = keys != null && key instanceof String name ? keys.position(name) : null;
        return position == null ? null : values.get(position);
    }

    @Override
    public Iterator<Object> iterator() {
        return values.iterator();
    }

    @Override
    public int length() {
        return values.size();
    }

    @Override
    public boolean truth() {
        return !values.isEmpty();
    }

    @Override
    public String typeName() {
        return type;
    }

    @Override
    public String representation() {
        String sample =
                String.join(
                        ", ", values.stream().limit(SHOWN).map(Values::representation).toList());
        return "<agate." + type + ": (" + sample + (values.size() > SHOWN ? ", ...)>" : ")>");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return switch (other) {
            case MappedSequence sequence -> Values.equal(values, sequence.values);
            case List<?> list -> Values.equal(values, new TupleValue(list));
            case null, default -> false;
        };
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return representation();
    }
}
