package dev.millrace.transform.model.table;

import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.HasElements;
import dev.millrace.transform.jinja.HasItems;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Operand;
import dev.millrace.transform.jinja.TupleValue;

import org.jspecify.annotations.Nullable;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The result of a query as templates see it: agate's {@code Table}. It does not change; what it is
 * asked to leave out or to sort is in a new one.
 */
public final class ResultTable implements HasAttributes, HasItems, HasElements, Operand {

    /** What a statement that gives no rows gives. */
    public static final ResultTable EMPTY = of(List.of(), List.of());

    private final Keys names;
    private final List<ColumnType> types;
    private final List<MappedSequence> rows;

    ResultTable(Keys names, List<ColumnType> types, List<MappedSequence> rows) {
        this.names = names;
        this.types = List.copyOf(types);
        this.rows = List.copyOf(rows);
    }

    /**
     * A table of values, whose types are those that all values of a column have.
     *
     * @param names the columns
     * @param rows values of templates
     */
    public static ResultTable of(List<String> names, List<List<Object>> rows) {
        Keys keys = Keys.of(names);
        List<ColumnType> types = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            int column = i;
            types.add(ColumnType.of(rows.stream().map(row -> row.get(column)).toList()));
        }
        List<MappedSequence> cast = new ArrayList<>();
        for (List<Object> row : rows) {
            List<Object> values = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                values.add(types.get(i).cast(row.get(i)));
            }
            cast.add(MappedSequence.row(values, keys));
        }
        return new ResultTable(keys, types, cast);
    }

    /**
     * Reads what is left of a query's rows.
     *
     * @throws SQLException if the database ends the query
     * @throws dev.millrace.transform.jinja.JinjaException if there are more than a template may
     *     have
     */
    public static ResultTable read(ResultSet rows) throws SQLException {
        return new ResultReader(rows).read();
    }

    /** The type that dbt gives a column in PostgreSQL: {@code adapter.convert_type(…)}. */
    public String sqlType(int column) {
        return types.get(column).sql(values(column));
    }

    /** The rows as a list of tuples: {@code load_result(…)['data']}. */
    public ListValue data() {
        return new ListValue(rows.stream().map(MappedSequence::values).toList());
    }

    public List<String> columnNames() {
        return names.names();
    }

    Keys names() {
        return names;
    }

    List<ColumnType> types() {
        return types;
    }

    List<MappedSequence> rows() {
        return rows;
    }

    List<Object> values(int column) {
        return rows.stream().map(row -> row.values().get(column)).toList();
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "rows" -> sequence();
            case "columns" -> columns();
            case "column_names" -> new TupleValue(names.names());
            case "column_types" -> new TupleValue(types);
            case "row_names" -> None.NONE;
            default ->
                    TableMethods.NAMES.contains(name)
                            ? (Invocable) arguments -> new TableMethods(this).call(name, arguments)
                            : null;
        };
    }

    private MappedSequence sequence() {
        return new MappedSequence("MappedSequence", rows, null);
    }

    private MappedSequence columns() {
        List<TableColumn> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            columns.add(new TableColumn(i, names.names().get(i), types.get(i), values(i)));
        }
        return new MappedSequence("MappedSequence", columns, names);
    }

    @Override
    public @Nullable Object item(Object key) {
        return sequence().item(key);
    }

    @Override
    public Iterator<Object> iterator() {
        return new ArrayList<Object>(rows).iterator();
    }

    @Override
    public int length() {
        return rows.size();
    }

    @Override
    public boolean truth() {
        return !rows.isEmpty();
    }

    @Override
    public String typeName() {
        return "Table";
    }

    @Override
    public String representation() {
        return "<agate.Table: " + rows.size() + " rows of " + names.names() + ">";
    }

    @Override
    public String toString() {
        return new PrintedTable(this, PrintedTable.Options.DEFAULT).text();
    }
}
