package dev.millrace.transform.command;

import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.table.ResultTable;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How rows of a query are shown. */
enum RowFormat {
    TEXT,
    JSON,
    CSV;

    private static final int WIDEST = 60;

    static RowFormat named(String word) throws CommandFailedException {
        return Arrays.stream(values())
                .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst()
                .orElseThrow(
                        () ->
                                new CommandFailedException(
                                        "--output is text, json or csv, not '" + word + "'"));
    }

    String write(String node, ResultTable table) {
        List<String> names = table.columnNames();
        List<List<@Nullable Object>> rows = rows(table);
        return switch (this) {
            case TEXT -> text(names, rows);
            case JSON -> json(node, names, rows);
            case CSV -> csv(names, rows);
        };
    }

    private static List<List<@Nullable Object>> rows(ResultTable table) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (Object row : table.data()) {
            List<@Nullable Object> values = new ArrayList<>();
            Values.iterate(row).forEach(value -> values.add(value == None.NONE ? null : value));
            rows.add(values);
        }
        return rows;
    }

    private static String text(List<String> names, List<List<@Nullable Object>> rows) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(names);
        rows.forEach(row -> cells.add(row.stream().map(RowFormat::cell).toList()));
        int[] widths = new int[names.size()];
        for (List<String> row : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < cells.size(); r++) {
            line(text, cells.get(r), widths);
            if (r == 0) {
                List<String> rule = new ArrayList<>();
                Arrays.stream(widths).forEach(width -> rule.add("-".repeat(width)));
                line(text, rule, widths);
            }
        }
        return text.toString().stripTrailing();
    }

    private static void line(StringBuilder text, List<String> cells, int[] widths) {
        text.append('|');
        for (int i = 0; i < widths.length; i++) {
            text.append(' ')
                    .append(cells.get(i))
                    .repeat(' ', widths[i] - cells.get(i).length())
                    .append(" |");
        }
        text.append('\n');
    }

    /** A value on one line, so that the table stays one. */
    private static String cell(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        StringBuilder clean = new StringBuilder();
        Values.text(value)
                .codePoints()
                .limit(WIDEST + 1L)
                .forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
        return clean.length() > WIDEST ? clean.substring(0, WIDEST - 1) + "…" : clean.toString();
    }

    private static String json(String node, List<String> names, List<List<@Nullable Object>> rows) {
        List<Map<String, @Nullable Object>> objects = new ArrayList<>();
        for (List<@Nullable Object> row : rows) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                object.put(names.get(i), plain(row.get(i)));
            }
            objects.add(object);
        }
        return JsonMapper.shared()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(Map.of("node", node, "show", objects));
    }

    private static @Nullable Object plain(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Boolean flag -> flag;
            case Long number -> number;
            case BigDecimal number -> number;
            case Number number -> number;
            case ListValue list -> list.stream().map(RowFormat::plain).toList();
            default -> Values.text(value);
        };
    }

    private static String csv(List<String> names, List<List<@Nullable Object>> rows) {
        StringBuilder text = new StringBuilder();
        csv(text, names);
        rows.forEach(
                row ->
                        csv(
                                text,
                                row.stream()
                                        .map(value -> value == null ? "" : Values.text(value))
                                        .toList()));
        return text.toString().stripTrailing();
    }

    private static void csv(StringBuilder text, List<String> cells) {
        for (int i = 0; i < cells.size(); i++) {
            String cell = cells.get(i);
            boolean quoted = cell.matches("(?s).*[\",\\r\\n].*|\\s+");
            text.append(i == 0 ? "" : ",")
                    .append(quoted ? "\"" + cell.replace("\"", "\"\"") + "\"" : cell);
        }
        text.append('\n');
    }
}
