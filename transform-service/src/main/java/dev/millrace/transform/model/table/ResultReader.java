package dev.millrace.transform.model.table;

import dev.millrace.transform.jinja.JinjaException;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads the rows of a query into a table, so many of them. */
final class ResultReader {

    private static final long MAX_VALUES = 1_000_000;
    private static final long MAX_CHARACTERS = 64_000_000;

    private final ResultSet rows;
    private long values;
    private long characters;

    ResultReader(ResultSet rows) {
        this.rows = rows;
    }

    ResultTable read() throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        List<String> names = new ArrayList<>();
        List<String> types = new ArrayList<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            names.add(columns.getColumnLabel(i));
            types.add(columns.getColumnTypeName(i));
        }
        List<List<Object>> read = new ArrayList<>();
        while (rows.next()) {
            List<Object> row = new ArrayList<>();
            for (int i = 0; i < types.size(); i++) {
                String text = rows.getString(i + 1);
                count(text == null ? 0 : text.length());
                row.add(PostgresValue.of(types.get(i), text));
            }
            read.add(row);
        }
        return ResultTable.of(names, read);
    }

    private void count(int length) {
        values++;
        characters += length;
        if (values > MAX_VALUES || characters > MAX_CHARACTERS) {
            throw new JinjaException(
                    "the query gives more than "
                            + (values > MAX_VALUES
                                    ? MAX_VALUES + " values"
                                    : MAX_CHARACTERS + " characters")
                            + "; a template may look at less: let the query sum up or limit");
        }
    }
}
