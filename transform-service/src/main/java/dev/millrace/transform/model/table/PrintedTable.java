package dev.millrace.transform.model.table;

import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table as {@code print_table} writes it. */
final class PrintedTable {

    private static final String MORE = "...";

    private final ResultTable table;
    private final Options options;
    private final int columns;
    private final List<List<String>> lines = new ArrayList<>();

    /**
     * What is left out.
     *
     * @param rows the most rows
     * @param columns the most columns
     * @param width the most characters of a value
     * @param precision the most digits after the point
     */
    record Options(int rows, int columns, int width, int precision) {

        static final Options DEFAULT = new Options(20, 6, 20, 3);
    }

    PrintedTable(ResultTable table, Options options) {
        this.table = table;
        this.options = options;
        this.columns = Math.clamp(options.columns(), 0, table.names().size());
        boolean fewer = columns < table.names().size();
        lines.add(line(table.columnNames(), fewer));
        List<MappedSequence> rows =
                table.rows().subList(0, Math.clamp(options.rows(), 0, table.length()));
        List<NumberFormat> formats =
                IntStream.range(0, columns).mapToObj(i -> format(rows, i)).toList();
        for (MappedSequence row : rows) {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < columns; i++) {
                values.add(written(row.values().get(i), formats.get(i)));
            }
            lines.add(line(values, fewer));
        }
    }

    private record NumberFormat(int places, String end) {

        String write(BigDecimal number) {
            DecimalFormat format =
                    new DecimalFormat(
                            places == 0 ? "#,##0" : "#,##0." + "0".repeat(places),
                            DecimalFormatSymbols.getInstance(Locale.ROOT));
            format.setRoundingMode(RoundingMode.HALF_EVEN);
            return format.format(number) + end;
        }
    }

    private NumberFormat format(List<MappedSequence> rows, int column) {
        int places =
                Math.max(
                        0,
                        ColumnType.places(
                                rows.stream().map(row -> row.values().get(column)).toList()));
        return places > options.precision()
                ? new NumberFormat(options.precision(), "…")
                : new NumberFormat(places, "");
    }

    private static String written(Object value, NumberFormat format) {
        return switch (value) {
            case None none -> "";
            case BigDecimal number -> format.write(number);
            default -> Values.text(value);
        };
    }

    private List<String> line(List<String> values, boolean fewer) {
        List<String> line = new ArrayList<>();
        values.stream().limit(columns).map(this::cut).forEach(line::add);
        if (fewer) {
            line.add(MORE);
        }
        return line;
    }

    private String cut(String text) {
        return text.length() > options.width()
                ? text.substring(0, Math.max(0, options.width() - MORE.length())) + MORE
                : text;
    }

    String text() {
        int count = lines.getFirst().size();
        List<Integer> widths =
                IntStream.range(0, count)
                        .map(
                                i ->
                                        lines.stream()
                                                .mapToInt(line -> line.get(i).length())
                                                .max()
                                                .orElse(0))
                        .boxed()
                        .toList();
        StringBuilder text = new StringBuilder();
        write(text, lines.getFirst(), widths);
        text.append(
                widths.stream().map("-"::repeat).collect(Collectors.joining(" | ", "| ", " |\n")));
        lines.stream().skip(1).forEach(line -> write(text, line, widths));
        if (options.rows() < table.length()) {
            write(text, Collections.nCopies(count, MORE), widths);
        }
        return text.toString();
    }

    /** Texts begin at the left, and what else there is ends at the right. */
    private void write(StringBuilder text, List<String> line, List<Integer> widths) {
        text.append('|');
        for (int i = 0; i < line.size(); i++) {
            String space = " ".repeat(Math.max(0, widths.get(i) - line.get(i).length()));
            boolean left = table.types().get(i) == ColumnType.TEXT;
            text.append(' ')
                    .append(left ? line.get(i) + space : space + line.get(i))
                    .append(i + 1 < line.size() ? " |" : " ");
        }
        text.append("|\n");
    }
}
