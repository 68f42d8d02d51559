package dev.millrace.transform.model.table;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.TupleValue;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows of a table by what they have in common: agate's {@code TableSet}. */
final class TableGroups extends MappedSequence {

    private final Map<Object, Object> byKey;
    private final String keyName;

    private TableGroups(Map<Object, Object> byKey, String keyName) {
        super("TableSet", new ArrayList<>(byKey.values()), null);
        this.byKey = byKey;
        this.keyName = keyName;
    }

    static TableGroups of(ResultTable table, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("group_by", "key", "key_name", "key_type");
        Object key = bound.get("key");
        Map<Object, List<MappedSequence>> rows = new LinkedHashMap<>();
        for (MappedSequence row : table.rows()) {
            Object value =
                    key instanceof Invocable function
                            ? function.call(Arguments.of(row))
                            : row.values().get(TableMethods.position(table, Values.text(key)));
            rows.computeIfAbsent(value, v -> new ArrayList<>()).add(row);
        }
        Map<Object, Object> groups = new LinkedHashMap<>();
        rows.forEach(
                (value, those) ->
                        groups.put(value, new ResultTable(table.names(), table.types(), those)));
        Object name = bound.get("key_name", None.NONE);
        boolean named = name != None.NONE;
        return new TableGroups(
                groups,
                named ? Values.text(name) : key instanceof Invocable ? "group" : Values.text(key));
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "keys" -> method(name, new TupleValue(new ArrayList<>(byKey.keySet())));
            case "items" ->
                    method(
                            name,
                            new TupleValue(
                                    byKey.entrySet().stream()
                                            .map(e -> TupleValue.of(e.getKey(), e.getValue()))
                                            .toList()));
            case "get" ->
                    (Invocable)
                            arguments -> {
                                Arguments.Bound bound = arguments.bind(name, "key", "default");
                                Object found = byKey.get(bound.get("key"));
                                return found == null ? bound.get("default", None.NONE) : found;
                            };
            case "key_name" -> keyName;
            case "dict" -> throw new JinjaException("groups have no dict(); iterate over items()");
            default -> super.attribute(name);
        };
    }

    /** A number is a position, as in agate; anything else is a key. */
    @Override
    public @Nullable Object item(Object key) {
        return key instanceof Long ? super.item(key) : byKey.get(key);
    }
}
