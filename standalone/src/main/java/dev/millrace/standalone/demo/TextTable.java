package dev.millrace.standalone.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table as text.
 *
 * @param header names of the columns
 * @param rows as many cells in each as there are columns
 */
record TextTable(List<String> header, List<List<String>> rows) {

    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

    TextTable {
        header = List.copyOf(header);
        rows = rows.stream().map(List::copyOf).toList();
    }

    /** The first rows, and how many more there are. Numbers stand at the right of their column. */
    List<String> lines(int most) {
        List<List<String>> shown = rows.stream().limit(most).toList();
        List<Integer> widths =
                IntStream.range(0, header.size())
                        .mapToObj(
                                column ->
                                        Math.max(
                                                length(header.get(column)),
                                                shown.stream()
                                                        .mapToInt(row -> length(row.get(column)))
                                                        .max()
                                                        .orElse(0)))
                        .toList();
        List<String> lines = new ArrayList<>();
        lines.add(line(header, widths, shown));
        lines.add(widths.stream().map("─"::repeat).collect(Collectors.joining("  ")));
        shown.forEach(row -> lines.add(line(row, widths, shown)));
        if (rows.size() > shown.size()) {
            lines.add(String.format(Locale.ROOT, "… %,d more rows", rows.size() - shown.size()));
        }
        return lines;
    }

    private static String line(List<String> cells, List<Integer> widths, List<List<String>> shown) {
        return IntStream.range(0, cells.size())
                .mapToObj(i -> padded(cells.get(i), widths.get(i), isNumeric(i, shown)))
                .collect(Collectors.joining("  "))
                .stripTrailing();
    }

    private static String padded(String cell, int width, boolean right) {
        String space = " ".repeat(width - length(cell));
        return right ? space + cell : cell + space;
    }

    private static boolean isNumeric(int column, List<List<String>> shown) {
        return !shown.isEmpty()
                && shown.stream().allMatch(row -> NUMBER.matcher(row.get(column)).matches());
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
