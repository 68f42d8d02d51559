package dev.millrace.standalone.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Reads SQL, runs it and shows the rows; for machines without psql. */
final class SqlPrompt {

    private static final int WIDEST = 60;

    private final Connection connection;
    private final PrintWriter out;

    SqlPrompt(Connection connection, PrintWriter out) {
        this.connection = connection;
        this.out = out;
    }

    /** Runs statements up to {@code \q} or the end; says whether the last one worked. */
    boolean readFrom(Reader input) throws IOException {
        BufferedReader lines = new BufferedReader(input);
        out.println(
                "No psql here, so this is a small prompt. End a statement with ; and leave with"
                        + " \\q");
        boolean worked = true;
        StringBuilder statement = new StringBuilder();
        prompt(statement);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.strip().equals("\\q")) {
                return worked;
            }
            statement.append(line).append('\n');
            if (line.stripTrailing().endsWith(";")) {
                worked = run(statement.toString());
                statement.setLength(0);
            }
            prompt(statement);
        }
        return statement.toString().isBlank() ? worked : run(statement.toString());
    }

    private void prompt(StringBuilder statement) {
        out.print(statement.isEmpty() ? "warehouse=> " : "warehouse-> ");
        out.flush();
    }

    /** Runs one statement and shows what it gives; says whether it worked. */
    boolean run(String sql) {
        try (Statement statement = connection.createStatement()) {
            if (statement.execute(sql)) {
                try (ResultSet rows = statement.getResultSet()) {
                    show(rows);
                }
            } else {
                out.println("OK");
            }
            return true;
        } catch (SQLException e) {
            out.println(e.getMessage());
            return false;
        } finally {
            out.flush();
        }
    }

    private void show(ResultSet rows) throws SQLException {
        ResultSetMetaData meta = rows.getMetaData();
        int columns = meta.getColumnCount();
        List<List<String>> table = new ArrayList<>();
        List<String> header = new ArrayList<>();
        for (int column = 1; column <= columns; column++) {
            header.add(meta.getColumnLabel(column));
        }
        table.add(header);
        while (rows.next()) {
            List<String> row = new ArrayList<>();
            for (int column = 1; column <= columns; column++) {
                String value = rows.getString(column);
                row.add(value == null ? "" : shortened(value));
            }
            table.add(row);
        }
        int[] widths = new int[columns];
        for (List<String> row : table) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        for (int row = 0; row < table.size(); row++) {
            line(table.get(row), widths);
            if (row == 0) {
                line(header.stream().map(h -> "").toList(), widths, '-');
            }
        }
        int count = table.size() - 1;
        out.println("(" + count + (count == 1 ? " row)" : " rows)"));
    }

    private void line(List<String> cells, int[] widths) {
        line(cells, widths, ' ');
    }

    private void line(List<String> cells, int[] widths, char filler) {
        StringBuilder text = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = cells.get(column);
            text.append(column == 0 ? "" : filler == '-' ? "-+-" : " | ")
                    .append(cell)
                    .append(Character.toString(filler).repeat(widths[column] - cell.length()));
        }
        out.println(text.toString().stripTrailing());
    }

    private static String shortened(String value) {
        String line = value.replace('\n', ' ');
        return line.length() <= WIDEST ? line : line.substring(0, WIDEST - 1) + "…";
    }
}
