package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** An index as {@code adapter.parse_index} gives it. */
record AdapterIndexes(List<String> columns, boolean unique, @Nullable String type)
        implements HasAttributes {

    private static final Set<String> KEYS = Set.of("columns", "unique", "type");

    static Object parse(Arguments arguments) {
        Object raw = arguments.bind("adapter.parse_index", "raw_index").get("raw_index");
        if (raw == None.NONE) {
            return None.NONE;
        }
        if (!(raw instanceof Map<?, ?> map)
                || !(map.get("columns") instanceof List<?> columns)
                || !KEYS.containsAll(map.keySet())) {
            throw new JinjaException(
                    "an index has 'columns', a list, and may have 'unique' and 'type'; found "
                            + Values.text(raw));
        }
        Object type = map.get("type");
        return new AdapterIndexes(
                columns.stream().map(Values::text).toList(),
                map.containsKey("unique") && Values.truth(map.get("unique")),
                type == null || type == None.NONE ? null : Values.text(type));
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "columns" -> new ListValue(columns);
            case "unique" -> unique;
            case "type" -> type == null ? None.NONE : type;
            case "render" -> (Invocable) this::render;
            default -> null;
        };
    }

    /** A name for the index that no other gets, as indexes of a table that is swapped live on. */
    private Object render(Arguments arguments) {
        String relation = Values.text(arguments.positional().getFirst());
        String seed = columns + relation + unique + type + System.nanoTime();
        return Md5.of(seed);
    }
}
