package dev.millrace.contracts.record;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Turns names from outside into identifiers of the warehouse, as Segment's warehouses do: {@code
 * Order Completed}, {@code order-completed} and {@code orderCompleted} are all {@code
 * order_completed}.
 */
public final class Identifiers {

    /** PostgreSQL cuts identifiers off at this number of bytes (NAMEDATALEN - 1). */
    public static final int MAX_BYTES = 63;

    private static final int HASH_DIGITS = 8;

    private Identifiers() {}

    /**
     * Lower case, words joined by {@code _}. Letters and digits of any script stay. A name that has
     * none, or is too long, ends in a hash of the whole, so that two such names stay two. A name
     * that begins with a digit gets a {@code _} before it.
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
        return shorten(words.toString());
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
        if (i == 0 || !Character.isUpperCase(points[i])) {
            return false;
        }
        boolean afterLower = !Character.isUpperCase(points[i - 1]);
        boolean beforeLower = i + 1 < points.length && Character.isLowerCase(points[i + 1]);
        return afterLower || beforeLower;
    }

    private static void separate(StringBuilder words) {
        if (!words.isEmpty() && words.charAt(words.length() - 1) != '_') {
            words.append('_');
        }
    }

    private static String hash(String name) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
