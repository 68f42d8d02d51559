package dev.millrace.transform.model.table;

import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.TupleValue;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A column of a table. */
final class TableColumn extends MappedSequence {

    /** Nulls come last. */
    static final Comparator<Object> ORDER =
            (a, b) ->
                    a == None.NONE || b == None.NONE
                            ? Boolean.compare(a == None.NONE, b == None.NONE)
                            : Values.compare(a, b);

    private final int index;
    private final String name;
    private final ColumnType type;

    TableColumn(int index, String name, ColumnType type, List<Object> values) {
        super("Column", values, null);
        this.index = index;
        this.name = name;
        this.type = type;
    }

    @Override
    public @Nullable Object attribute(String asked) {
        return switch (asked) {
            case "name" -> name;
            case "index" -> (long) index;
            case "data_type" -> type;
            case "values_distinct" -> method(asked, new TupleValue(distinct()));
            case "values_without_nulls" -> method(asked, new TupleValue(withoutNulls()));
            case "values_sorted" -> method(asked, sorted(values()));
            case "values_without_nulls_sorted" -> method(asked, sorted(withoutNulls()));
            default -> super.attribute(asked);
        };
    }

    private List<Object> distinct() {
        return new ArrayList<>(new java.util.LinkedHashSet<>(values()));
    }

    private List<Object> withoutNulls() {
        return values().stream().filter(value -> value != None.NONE).toList();
    }

    private static ListValue sorted(List<Object> values) {
        ListValue sorted = new ListValue(values);
        sorted.sort(ORDER);
        return sorted;
    }
}
