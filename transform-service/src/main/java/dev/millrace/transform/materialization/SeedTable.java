package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The rows of a CSV file, with the types that dbt gives its columns. */
public final class SeedTable {

    private final List<String> columns;
    private final List<String> types;
    private final List<List<String>> rows;

    private SeedTable(List<String> columns, List<String> types, List<List<String>> rows) {
        this.columns = columns;
        this.types = types;
        this.rows = rows;
    }

    /**
     * Reads a CSV file.
     *
     * @param types types of columns by name, for those that should not be inferred
     * @throws BuildFailedException if it is no CSV file with a header
     */
    public static SeedTable parse(String text, char delimiter, Map<String, String> types)
            throws BuildFailedException {
        List<List<String>> lines = Csv.parse(text, delimiter);
        if (lines.isEmpty()) {
            throw new BuildFailedException("the file is empty; its first line names the columns");
        }
        List<String> columns = lines.getFirst().stream().map(String::strip).toList();
        if (columns.stream().distinct().count() != columns.size() || columns.contains("")) {
            throw new BuildFailedException("the columns of the first line need names of their own");
        }
        List<List<String>> rows = lines.subList(1, lines.size());
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).size() != columns.size()) {
                throw new BuildFailedException(
                        "row "
                                + (i + 1)
                                + " has "
                                + rows.get(i).size()
                                + " values for "
                                + columns.size()
                                + " columns");
            }
        }
        List<String> found = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            int column = i;
            List<String> values =
                    rows.stream().map(row -> row.get(column)).filter(v -> !isNull(v)).toList();
            String given = types.get(columns.get(i));
            found.add(given == null ? SeedType.of(values) : given);
        }
        return new SeedTable(columns, found, rows);
    }

    /** The statement that makes the table. */
    String create(RelationName name) {
        StringBuilder sql = new StringBuilder("CREATE TABLE " + name.quoted() + " (");
        for (int i = 0; i < columns.size(); i++) {
            sql.append(i == 0 ? "" : ", ")
                    .append(RelationName.quote(columns.get(i)))
                    .append(' ')
                    .append(types.get(i));
        }
        return sql.append(')').toString();
    }

    /** The statement that takes {@link #rows} in. */
    String copy(RelationName name) {
        return "COPY "
                + name.quoted()
                + " ("
                + columns.stream().map(RelationName::quote).collect(Collectors.joining(", "))
                + ") FROM STDIN (FORMAT csv)";
    }

    /** The rows as PostgreSQL reads CSV: an unquoted nothing is null. */
    String rows() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                text.append(i == 0 ? "" : ",");
                if (!isNull(row.get(i))) {
                    text.append('"').append(row.get(i).replace("\"", "\"\"")).append('"');
                }
            }
            text.append('\n');
        }
        return text.toString();
    }

    List<String> types() {
        return types;
    }

    private static boolean isNull(String value) {
        return value.isEmpty() || value.toLowerCase(Locale.ROOT).equals("null");
    }
}
