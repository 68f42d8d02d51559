package dev.millrace.transform.landing;

import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.row.RowBatch;
import dev.millrace.transform.schema.ColumnType;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * What the values of a column look like: how long they are, and of what letters, digits and signs,
 * from some 50 rows. The values themselves are not kept.
 *
 * @param shapes shapes of texts and numbers, such as {@code a@a.a}; none for other types
 */
record ColumnProfile(ColumnType type, double meanLength, Set<String> shapes) {

    private static final int MOST_ROWS = 50;
    private static final int MOST_SHAPES = 8;
    private static final int LONGEST_SHAPE = 16;
    private static final double MOST_TIMES_AS_LONG = 2;

    ColumnProfile {
        shapes = Set.copyOf(shapes);
    }

    /** The profile of a column of a batch. */
    static ColumnProfile of(RowBatch batch, int slot, ColumnType type) {
        Set<String> shapes = new HashSet<>();
        int step = Math.max(1, batch.rows().size() / MOST_ROWS);
        long length = 0;
        int values = 0;
        for (int i = 0; i < batch.rows().size(); i += step) {
            Object value = value(batch.rows().get(i), slot);
            if (value instanceof String || value instanceof Number) {
                String text = value.toString();
                length += text.length();
                values++;
                if (shapes.size() < MOST_SHAPES) {
                    shapes.add(shape(text));
                }
            }
        }
        return new ColumnProfile(type, values == 0 ? 0 : (double) length / values, shapes);
    }

    /** Whether its values could be those of another column. */
    boolean isLike(ColumnProfile other) {
        if (type != other.type) {
            return false;
        }
        if (shapes.isEmpty() || other.shapes.isEmpty()) {
            return shapes.isEmpty() && other.shapes.isEmpty();
        }
        double longer = Math.max(meanLength, other.meanLength);
        double shorter = Math.min(meanLength, other.meanLength);
        long common = shapes.stream().filter(other.shapes::contains).count();
        return longer <= shorter * MOST_TIMES_AS_LONG && 2 * common >= shapes.size();
    }

    /** Whether a row has a value for a column. */
    static boolean has(Row row, int slot) {
        return value(row, slot) != null;
    }

    private static @Nullable Object value(Row row, int slot) {
        for (int i = 0; i < row.size(); i++) {
            if (row.slot(i) == slot) {
                return row.value(i);
            }
        }
        return null;
    }

    /** Runs of letters are an a, runs of digits a 9; signs stay. */
    static String shape(String text) {
        StringBuilder shape = new StringBuilder();
        for (int i = 0; i < text.length() && shape.length() < LONGEST_SHAPE; i++) {
            char c = text.charAt(i);
            char kind = Character.isLetter(c) ? 'a' : Character.isDigit(c) ? '9' : c;
            boolean run = kind == 'a' || kind == '9';
            if (Character.isSurrogate(c)) {
                continue;
            }
            if (!run || shape.isEmpty() || shape.charAt(shape.length() - 1) != kind) {
                shape.append(kind);
            }
        }
        return shape.toString();
    }

    static ColumnProfile stored(String type, double meanLength, String[] shapes) {
        return new ColumnProfile(
                ColumnType.parse(type), meanLength, new HashSet<>(Arrays.asList(shapes)));
    }
}
