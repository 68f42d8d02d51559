package dev.millrace.contracts.record;

import dev.millrace.contracts.Sha256;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * Turns names from outside into identifiers of the warehouse, as Segment's warehouses do: {@code
 * Order Completed}, {@code order-completed} and {@code orderCompleted} are all {@code
 * order_completed}.
 */
public final class Identifiers {

    /** PostgreSQL cuts identifiers off at this number of bytes (NAMEDATALEN - 1). */
    public static final int MAX_BYTES = 63;

    private static final int HASH_DIGITS = 8;

    /** Every table has columns of these names, so that no other can be added. */
    private static final Set<String> SYSTEM_COLUMNS =
            Set.of("ctid", "cmin", "cmax", "tableoid", "xmin", "xmax");

    private Identifiers() {}

    /**
     * Lower case, words joined by {@code _}. Letters and digits of any script stay. A name that has
     * none, or is too long, ends in a hash of the whole, so that two such names stay two. A name
     * that begins with a digit gets a {@code _} before it, and so does one of PostgreSQL's system
     * columns. An identifier is its own identifier.
     */
    public static String snakeCase(String name) {
        StringBuilder words = new StringBuilder(name.length() + 8);
        int[] points = name.codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            int point = points[i];
            if (!Character.isLetterOrDigit(point)) {
                separate(words);
                continue;
            }
            if (beginsWord(points, i)) {
                separate(words);
            }
            words.appendCodePoint(Character.toLowerCase(point));
        }
        while (!words.isEmpty() && words.charAt(words.length() - 1) == '_') {
            words.setLength(words.length() - 1);
        }
        if (words.isEmpty()) {
            return "x_" + hash(name);
        }
        if (Character.isDigit(words.codePointAt(0))) {
            words.insert(0, '_');
        }
        String identifier = words.toString();
        return SYSTEM_COLUMNS.contains(identifier) ? "_" + identifier : shorten(identifier);
    }

    /** The identifier itself if it fits, or else its beginning and a hash of the whole. */
    public static String shorten(String identifier) {
        byte[] bytes = identifier.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_BYTES) {
            return identifier;
        }
        return cut(bytes) + "_" + hash(identifier);
    }

    /** The beginning, with room behind it for a hash. */
    private static String cut(byte[] bytes) {
        int end = Math.min(bytes.length, MAX_BYTES - HASH_DIGITS - 1);
        // A continuation byte (10xxxxxx) at the cut would leave half a character before it.
        while (end > 0 && end < bytes.length && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        // The hash brings an underscore with it; two would not be an identifier's own form.
        while (end > 0 && bytes[end - 1] == '_') {
            end--;
        }
        return new String(Arrays.copyOf(bytes, end), StandardCharsets.UTF_8);
    }

    /**
     * Another identifier for what {@code origin} names, where the identifier itself is taken:
     * always the same one, with a hash of the origin at its end.
     */
    public static String apart(String identifier, String origin) {
        String end = "_" + hash(origin);
        String apart = identifier + end;
        return apart.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES
                ? apart
                : cut(identifier.getBytes(StandardCharsets.UTF_8)) + end;
    }

    private static boolean beginsWord(int[] points, int i) {
        if (i == 0 || !isCapital(points[i])) {
            return false;
        }
        boolean afterLower = !isCapital(points[i - 1]);
        boolean beforeLower = i + 1 < points.length && Character.isLowerCase(points[i + 1]);
        return afterLower || beforeLower;
    }

    /** Capitals without a small form, as those of mathematics, stay what they are: no new word. */
    private static boolean isCapital(int point) {
        return Character.toLowerCase(point) != point;
    }

    private static void separate(StringBuilder words) {
        if (!words.isEmpty() && words.charAt(words.length() - 1) != '_') {
            words.append('_');
        }
    }

    private static String hash(String name) {
        return Sha256.hex(name).substring(0, HASH_DIGITS);
    }
}
