package dev.millrace.transform.model.table;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows of two tables side by side where a column of each is the same, as agate joins them.
 *
 * @param rightKey position of the right table's column, which is left out
 * @param inner whether rows that find none are left out
 */
record TableJoin(ResultTable left, int leftKey, ResultTable right, int rightKey, boolean inner) {

    static TableJoin of(ResultTable table, Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("join", "right_table", "left_key", "right_key", "inner");
        if (!(bound.get("right_table") instanceof ResultTable other)) {
            throw new JinjaException(
                    "join(): a table is joined with a table, not with "
                            + Values.typeName(bound.get("right_table")));
        }
        String left = Values.text(bound.get("left_key"));
        Object right = bound.get("right_key", None.NONE);
        return new TableJoin(
                table,
                TableMethods.position(table, left),
                other,
                TableMethods.position(other, right == None.NONE ? left : Values.text(right)),
                bound.flag("inner", false));
    }

    ResultTable joined() {
        List<String> names = new ArrayList<>(left.columnNames());
        List<ColumnType> types = new ArrayList<>(left.types());
        for (int i = 0; i < right.columnNames().size(); i++) {
            if (i != rightKey) {
                String name = right.columnNames().get(i);
                names.add(left.columnNames().contains(name) ? name + "2" : name);
                types.add(right.types().get(i));
            }
        }
        Map<Object, List<List<Object>>> found = new HashMap<>();
        for (MappedSequence row : right.rows()) {
            found.computeIfAbsent(row.values().get(rightKey), key -> new ArrayList<>())
                    .add(rest(row.values()));
        }
        Keys keys = Keys.of(names);
        List<List<Object>> nothing =
                List.of(Collections.nCopies(right.columnNames().size() - 1, None.NONE));
        List<MappedSequence> rows = new ArrayList<>();
        for (MappedSequence row : left.rows()) {
            List<List<Object>> others =
                    found.getOrDefault(row.values().get(leftKey), inner ? List.of() : nothing);
            for (List<Object> other : others) {
                List<Object> both = new ArrayList<>(row.values());
                both.addAll(other);
                rows.add(MappedSequence.row(both, keys));
            }
        }
        return new ResultTable(keys, types, rows);
    }

    private List<Object> rest(List<Object> values) {
        List<Object> rest = new ArrayList<>(values);
        rest.remove(rightKey);
        return rest;
    }
}
