package dev.millrace.transform.model.table;

import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import java.util.List;
import java.util.stream.Collectors;

/** A table as the text of a file. */
record WrittenTable(ResultTable table) {

    /** A list with an object for each row. */
    String json() {
        ListValue rows = new ListValue();
        for (MappedSequence row : table.rows()) {
            DictValue object = new DictValue();
            for (int i = 0; i < table.columnNames().size(); i++) {
                object.put(table.columnNames().get(i), row.values().get(i));
            }
            rows.add(object);
        }
        return JsonText.of(rows);
    }

    /** The names of the columns, and a line for each row. */
    String csv() {
        StringBuilder text = new StringBuilder(line(table.columnNames()));
        table.rows().forEach(row -> text.append('\n').append(line(row.values())));
        return text.toString();
    }

    private static String line(List<?> values) {
        return values.stream().map(WrittenTable::field).collect(Collectors.joining(","));
    }

    private static String field(Object value) {
        String text = value == None.NONE ? "" : Values.text(value);
        boolean quoted = text.matches("(?s).*[\",\n\r].*");
        return quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
