package dev.millrace.transform.landing.value;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Numbers as PostgreSQL's {@code numeric} keeps them: exactly, within wide limits. */
public final class Numbers {

    /** Digits before the decimal point. */
    private static final int MAX_INTEGER_DIGITS = 131_072;

    /** Digits after it. */
    private static final int MAX_SCALE = 16_383;

    private Numbers() {}

    /**
     * The number that a JSON text means, or the text itself if {@code numeric} cannot hold it, such
     * as {@code 1e400000}.
     */
    public static Object parse(String text) {
        BigDecimal number;
        try {
            number = new BigDecimal(text);
        } catch (NumberFormatException e) {
            // The exponent itself is beyond an int.
            return text;
        }
        if (number.signum() == 0) {
            return number.scale() >= 0 && number.scale() <= MAX_SCALE ? number : BigDecimal.ZERO;
        }
        return fits(number) ? number : text;
    }

    /** The whole number, or its digits as text if {@code numeric} cannot hold so many. */
    public static Object parse(BigInteger whole) {
        BigDecimal number = new BigDecimal(whole);
        return fits(number) ? number : whole.toString();
    }

    private static boolean fits(BigDecimal number) {
        return (long) number.precision() - number.scale() <= MAX_INTEGER_DIGITS
                && number.scale() <= MAX_SCALE;
    }

    /** Whether a {@code bigint} column can hold it: no fraction, and not too large. */
    public static boolean isBigint(BigDecimal number) {
        if (number.precision() - (long) number.scale() > 19) {
            return false;
        }
        try {
            number.longValueExact();
            return true;
        } catch (ArithmeticException e) {
            return false;
        }
    }
}
