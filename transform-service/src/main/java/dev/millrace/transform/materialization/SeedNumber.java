package dev.millrace.transform.materialization;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A number as agate reads it: per cent signs, currency symbols and the commas between thousands are
 * left out, and 28 digits are kept.
 *
 * @param value null for what is not finite, which the database gets as NaN
 */
record SeedNumber(@Nullable BigDecimal value) {

    private static final MathContext DIGITS = new MathContext(28, RoundingMode.HALF_EVEN);
    private static final int MAX_EXPONENT_DIGITS = 6;
    private static final int MAX_PLAIN_SCALE = 2_000;
    private static final Pattern NUMBER =
            Pattern.compile(
                    "[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d{1,"
                            + MAX_EXPONENT_DIGITS
                            + "})?");
    private static final Pattern NOT_FINITE =
            Pattern.compile("[-+]?(?:inf|infinity|nan\\d*)", Pattern.CASE_INSENSITIVE);

    /** In the order in which they are taken off. */
    private static final List<String> CURRENCIES =
            List.of(
                    "؋", "$", "ƒ", "៛", "¥", "₡", "₱", "£", "€", "¢", "﷼", "₪", "₩", "₭", "₮", "₦",
                    "฿", "₤", "₫");

    /** Null if the text is no number. */
    static @Nullable SeedNumber parse(String text) {
        String rest = without(SeedText.strip(text), "%");
        boolean negative = rest.startsWith("-");
        if (negative) {
            rest = rest.substring(1);
        }
        for (String currency : CURRENCIES) {
            rest = without(rest, currency);
        }
        String digits =
                SeedText.strip(SeedText.asciiDigits(rest.replace(",", ""))).replace("_", "");
        if (NOT_FINITE.matcher(digits).matches()) {
            return new SeedNumber(null);
        }
        if (!NUMBER.matcher(digits).matches()) {
            return null;
        }
        BigDecimal number = new BigDecimal(digits).round(DIGITS);
        return new SeedNumber(negative ? number.negate() : number);
    }

    /** The text without a symbol at its ends, however often it stands there. */
    private static String without(String text, String symbol) {
        int from = 0;
        int to = text.length();
        while (from < to && text.startsWith(symbol, from)) {
            from++;
        }
        while (from < to && text.startsWith(symbol, to - 1)) {
            to--;
        }
        return text.substring(from, to);
    }

    /** As the database reads it into a column of a type. */
    String written(String type) {
        if (value == null) {
            return "NaN";
        }
        if (type.equals("float8") || Math.abs(value.scale()) > MAX_PLAIN_SCALE) {
            return value.toString();
        }
        return type.equals("numeric")
                ? value.toPlainString()
                : value.setScale(0, RoundingMode.HALF_UP).toPlainString();
    }

    /**
     * The type of a column of numbers: dbt's {@code float8} if any has digits after the point that
     * are not zero, else its {@code integer}. Numbers that an integer cannot hold, with which dbt's
     * load fails, get the type that holds them.
     */
    static String type(List<SeedNumber> numbers) {
        int whole = 1;
        int decimal = 0;
        int bits = 0;
        for (SeedNumber number : numbers) {
            if (number.value == null) {
                continue;
            }
            BigDecimal normal = number.value.stripTrailingZeros();
            bits = Math.max(bits, bits(normal));
            if (Double.isInfinite(normal.doubleValue())) {
                continue; // agate asks whether a number is infinite as a float
            }
            int places = normal.signum() == 0 ? 0 : normal.scale();
            int digits = normal.signum() == 0 ? 1 : normal.precision();
            whole = Math.max(whole, digits - places);
            decimal = Math.max(decimal, places);
        }
        if (whole + decimal > DIGITS.getPrecision()) {
            decimal = DIGITS.getPrecision() - whole;
        }
        if (decimal != 0) {
            return "float8";
        }
        return bits < Integer.SIZE ? "integer" : bits < Long.SIZE ? "bigint" : "numeric";
    }

    private static int bits(BigDecimal number) {
        boolean huge = number.precision() - number.scale() > Long.SIZE;
        return huge ? Long.SIZE : number.toBigInteger().bitLength();
    }
}
