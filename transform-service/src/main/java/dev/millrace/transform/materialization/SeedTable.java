package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The rows of a CSV file, with the columns and types that dbt gives them. */
public final class SeedTable {

    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*");

    private final List<Column> columns;
    private final List<List<String>> rows;

    /**
     * How a file is read.
     *
     * @param delimiter what stands between values
     * @param types types of columns by name, for those that are not to be inferred
     * @param quoted whether names of columns are quoted, as dbt's {@code quote_columns} says; those
     *     that are not are folded to lower case
     */
    public record Format(char delimiter, Map<String, String> types, boolean quoted) {}

    private record Column(String name, String type, SeedType seedType) {}

    private SeedTable(List<Column> columns, List<List<String>> rows) {
        this.columns = columns;
        this.rows = rows;
    }

    /**
     * Reads a CSV file.
     *
     * @throws BuildFailedException if it is no CSV file with a header
     */
    public static SeedTable parse(String text, Format format) throws BuildFailedException {
        List<List<String>> lines = Csv.parse(text, format.delimiter());
        if (lines.isEmpty() || lines.getFirst().isEmpty()) {
            throw new BuildFailedException("the first line is empty; it names the columns");
        }
        List<String> names = names(lines.getFirst());
        List<List<String>> rows = lines.subList(1, lines.size());
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).size() > names.size()) {
                throw new BuildFailedException(
                        "row "
                                + (i + 1)
                                + " has "
                                + rows.get(i).size()
                                + " values for "
                                + names.size()
                                + " columns; a value with a delimiter in it needs quotes");
            }
        }
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            columns.add(column(names.get(i), values(rows, i), format));
        }
        return new SeedTable(columns, rows);
    }

    private static Column column(String name, List<String> values, Format format) {
        String shown =
                format.quoted() || !PLAIN_NAME.matcher(name).matches()
                        ? name
                        : name.toLowerCase(Locale.ROOT);
        String given = format.types().get(name);
        if (given != null) {
            return new Column(shown, given, SeedType.TEXT);
        }
        SeedType type = SeedType.of(values);
        return new Column(shown, type.sql(values), type);
    }

    /** A column without a name gets a letter, and one with a name that is taken a number. */
    private static List<String> names(List<String> header) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < header.size(); i++) {
            String wanted = header.get(i).isEmpty() ? letters(i) : header.get(i);
            String name = wanted;
            for (int number = 2; names.contains(name); number++) {
                name = wanted + "_" + number;
            }
            names.add(name);
        }
        return names;
    }

    /** a to z, then aa to zz, as agate names columns. */
    private static String letters(int index) {
        int letters = 'z' - 'a' + 1;
        return Character.toString('a' + index % letters).repeat(index / letters + 1);
    }

    /** The values of a column; a row that is too short has none. */
    private static List<String> values(List<List<String>> rows, int column) {
        return rows.stream().map(row -> value(row, column)).toList();
    }

    private static String value(List<String> row, int column) {
        return column < row.size() ? row.get(column) : "";
    }

    /** The statement that makes the table. */
    String create(RelationName name) {
        return "CREATE TABLE "
                + name.quoted()
                + columns.stream()
                        .map(column -> RelationName.quote(column.name()) + " " + column.type())
                        .collect(Collectors.joining(", ", " (", ")"));
    }

    /** The statement that takes {@link #rows} in. */
    String copy(RelationName name) {
        return "COPY "
                + name.quoted()
                + columns.stream()
                        .map(column -> RelationName.quote(column.name()))
                        .collect(Collectors.joining(", ", " (", ")"))
                + " FROM STDIN (FORMAT csv)";
    }

    /** The rows as PostgreSQL reads CSV: an unquoted nothing is null. */
    String rows() {
        StringBuilder text = new StringBuilder();
        for (List<@Nullable String> row : values()) {
            String separator = "";
            for (String value : row) {
                text.append(separator);
                if (value != null) {
                    text.append('"').append(value.replace("\"", "\"\"")).append('"');
                }
                separator = ",";
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** The values as they are written. */
    List<List<@Nullable String>> values() {
        List<List<@Nullable String>> values = new ArrayList<>();
        for (List<String> row : rows) {
            List<@Nullable String> written = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                Column column = columns.get(i);
                written.add(column.seedType().written(value(row, i), column.type()));
            }
            values.add(written);
        }
        return values;
    }

    List<String> names() {
        return columns.stream().map(Column::name).toList();
    }

    List<String> types() {
        return columns.stream().map(Column::type).toList();
    }
}
