package dev.millrace.transform.model;

import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;

/** The rows of a query as templates see them. */
final class StageTable extends AbstractList<Object> implements HasAttributes {

    private final List<String> columns;
    private final List<Row> rows;

    StageTable(List<String> columns, List<List<Object>> rows) {
        this.columns = columns;
        this.rows = rows.stream().map(row -> new Row(columns, row)).toList();
    }

    static StageTable of(ResultSet rows) throws SQLException {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            columns.add(rows.getMetaData().getColumnLabel(i));
        }
        List<List<Object>> read = new ArrayList<>();
        while (rows.next()) {
            List<Object> row = new ArrayList<>();
            for (int i = 1; i <= columns.size(); i++) {
                row.add(value(rows.getObject(i)));
            }
            read.add(row);
        }
        return new StageTable(columns, read);
    }

    private static Object value(@Nullable Object value) {
        return switch (value) {
            case null -> Values.of(null);
            case Boolean flag -> flag;
            case BigDecimal number -> number.doubleValue();
            case Number number -> Values.of(number);
            default -> value.toString();
        };
    }

    @Override
    public Object get(int index) {
        return rows.get(index);
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "column_names" -> new ListValue(columns);
            case "columns" -> {
                ListValue named = new ListValue();
                columns.forEach(
                        column ->
                                named.add(
                                        (HasAttributes) key -> key.equals("name") ? column : null));
                yield named;
            }
            case "rows" -> new ListValue(rows);
            default -> null;
        };
    }

    /** A row, whose values have numbers and names. */
    static final class Row extends AbstractList<Object> implements HasAttributes {

        private final List<String> columns;
        private final List<Object> values;

        Row(List<String> columns, List<Object> values) {
            this.columns = columns;
            this.values = values;
        }

        @Override
        public Object get(int index) {
            return values.get(index);
        }

        @Override
        public int size() {
            return values.size();
        }

        @Override
        public @Nullable Object attribute(String name) {
            int index = columns.indexOf(name);
            return index < 0 ? null : values.get(index);
        }
    }
}
