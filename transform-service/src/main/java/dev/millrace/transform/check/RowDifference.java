package dev.millrace.transform.check;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/** Compares rows, in whichever order they come, and shows where they differ. */
public final class RowDifference {

    private static final int MAX_SHOWN = 50;
    private static final int MAX_VALUE = 60;

    private final List<String> columns;
    private final List<List<@Nullable Object>> missing;
    private final List<List<@Nullable Object>> unexpected;

    private RowDifference(
            List<String> columns,
            List<List<@Nullable Object>> missing,
            List<List<@Nullable Object>> unexpected) {
        this.columns = columns;
        this.missing = missing;
        this.unexpected = unexpected;
    }

    /** What expected and actual rows do not have in common. */
    public static RowDifference between(
            List<String> columns,
            List<List<@Nullable Object>> expected,
            List<List<@Nullable Object>> actual) {
        List<List<@Nullable Object>> missing = new ArrayList<>();
        List<List<@Nullable Object>> unexpected = new ArrayList<>(actual);
        for (List<@Nullable Object> row : expected) {
            if (!remove(unexpected, row)) {
                missing.add(row);
            }
        }
        return new RowDifference(columns, missing, unexpected);
    }

    private static boolean remove(List<List<@Nullable Object>> rows, List<@Nullable Object> row) {
        for (Iterator<List<@Nullable Object>> each = rows.iterator(); each.hasNext(); ) {
            if (alike(each.next(), row) == row.size()) {
                each.remove();
                return true;
            }
        }
        return false;
    }

    /** How many values of two rows are the same. */
    private static int alike(List<@Nullable Object> row, List<@Nullable Object> other) {
        int alike = 0;
        for (int i = 0; i < row.size(); i++) {
            if (same(row.get(i), other.get(i))) {
                alike++;
            }
        }
        return alike;
    }

    private static boolean same(@Nullable Object value, @Nullable Object other) {
        if (value instanceof BigDecimal number && other instanceof BigDecimal another) {
            return number.compareTo(another) == 0;
        }
        return Objects.equals(text(value), text(other));
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    public boolean isEmpty() {
        return missing.isEmpty() && unexpected.isEmpty();
    }

    /**
     * A table of the rows that differ: {@code ---} before those that are missing, {@code +++}
     * before those that nobody expects, and arrows where a row has other values than the one most
     * like it.
     */
    public String table() {
        List<List<String>> lines = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("@@"));
        header.addAll(columns);
        lines.add(header);
        List<List<@Nullable Object>> left = new ArrayList<>(unexpected);
        for (List<@Nullable Object> row : missing) {
            List<@Nullable Object> like = mostLike(row, left);
            if (like == null) {
                lines.add(line("---", row));
            } else {
                left.remove(like);
                lines.add(changed(row, like));
            }
        }
        left.forEach(row -> lines.add(line("+++", row)));
        int shown = Math.min(lines.size(), MAX_SHOWN + 1);
        String table = aligned(lines.subList(0, shown));
        return shown == lines.size()
                ? table
                : table + "\n… and " + (lines.size() - shown) + " more rows that differ";
    }

    private static @Nullable List<@Nullable Object> mostLike(
            List<@Nullable Object> row, List<List<@Nullable Object>> others) {
        List<@Nullable Object> best = null;
        int alike = 0;
        for (List<@Nullable Object> other : others) {
            int common = alike(row, other);
            if (common > alike) {
                best = other;
                alike = common;
            }
        }
        return best;
    }

    private static List<String> line(String mark, List<@Nullable Object> row) {
        List<String> line = new ArrayList<>(List.of(mark));
        row.forEach(value -> line.add(shown(value)));
        return line;
    }

    private static List<String> changed(
            List<@Nullable Object> expected, List<@Nullable Object> actual) {
        List<String> line = new ArrayList<>(List.of("→"));
        for (int i = 0; i < expected.size(); i++) {
            line.add(
                    same(expected.get(i), actual.get(i))
                            ? shown(actual.get(i))
                            : shown(expected.get(i)) + "→" + shown(actual.get(i)));
        }
        return line;
    }

    private static String shown(@Nullable Object value) {
        String text = value == null ? "NULL" : value.toString().replaceAll("\\s", " ");
        return text.length() > MAX_VALUE ? text.substring(0, MAX_VALUE) + "…" : text;
    }

    private static String aligned(List<List<String>> lines) {
        StringBuilder table = new StringBuilder();
        for (List<String> line : lines) {
            table.append(table.isEmpty() ? "" : "\n");
            for (int i = 0; i < line.size(); i++) {
                int column = i;
                int width =
                        lines.stream().mapToInt(each -> each.get(column).length()).max().orElse(0);
                boolean last = i == line.size() - 1;
                table.append(i == 0 ? "" : " | ")
                        .append(line.get(i))
                        .append(last ? "" : " ".repeat(width - line.get(i).length()));
            }
        }
        return table.toString();
    }
}
