package dev.millrace.transform.landing.value;

import org.jspecify.annotations.Nullable;

/**
 * A UUID (RFC 9562).
 *
 * @param most its first eight bytes
 * @param least its last eight bytes
 * @param text as it came, for a column that holds text
 */
public record Uuid(long most, long least, String text) implements Written {

    private static final int LENGTH = 36;
    private static final int BITS_OF_A_DIGIT = 4;
    private static final int DIGITS_OF_A_LONG = 16;

    /** The form with hyphens of section 4, with digits of either case. */
    public static @Nullable Uuid parse(String text) {
        if (text.length() != LENGTH
                || text.charAt(8) != '-'
                || text.charAt(13) != '-'
                || text.charAt(18) != '-'
                || text.charAt(23) != '-') {
            return null;
        }
        long most = 0;
        long least = 0;
        int digits = 0;
        for (int i = 0; i < LENGTH; i++) {
            if (i == 8 || i == 13 || i == 18 || i == 23) {
                continue;
            }
            int digit = hex(text.charAt(i));
            if (digit < 0) {
                return null;
            }
            if (digits++ < DIGITS_OF_A_LONG) {
                most = most << BITS_OF_A_DIGIT | digit;
            } else {
                least = least << BITS_OF_A_DIGIT | digit;
            }
        }
        return new Uuid(most, least, text);
    }

    private static int hex(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return c < 0x80 && lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
