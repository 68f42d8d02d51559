package dev.millrace.transform.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads numbers as the filters {@code int} and {@code float} do. */
final class Numbers {

    private static final Pattern REAL =
            Pattern.compile(
                    "[+-]?(?:\\d+(?:_\\d+)*\\.?(?:\\d+(?:_\\d+)*)?|\\.\\d+(?:_\\d+)*)"
                            + "(?:[eE][+-]?\\d+(?:_\\d+)*)?");
    private static final Pattern UNDERSCORES = Pattern.compile("[+-]?[0-9a-z]+(?:_[0-9a-z]+)*");
    private static final int MAX_DIGITS = 4300;

    private Numbers() {}

    static Optional<Object> whole(Object value, int base) {
        return switch (value) {
            case Boolean flag -> Optional.of(flag ? 1L : 0L);
            case Long number -> Optional.of(number);
            case BigInteger number -> Optional.of(number);
            case BigDecimal number -> Optional.of(Arithmetic.simplest(number.toBigInteger()));
            case Double number -> {
                if (Double.isInfinite(number)) {
                    throw new JinjaException("an infinite number is no whole one");
                }
                yield truncated(number);
            }
            case String text -> {
                Optional<Object> whole = digits(text, base);
                yield whole.isPresent() ? whole : real(text).flatMap(Numbers::truncated);
            }
            default -> Optional.empty();
        };
    }

    private static Optional<Object> truncated(double number) {
        return Double.isFinite(number)
                ? Optional.of(Arithmetic.simplest(new BigDecimal(number).toBigInteger()))
                : Optional.empty();
    }

    private static Optional<Object> digits(String text, int base) {
        String digits = StringMethods.strip(text, null, true, true).toLowerCase(Locale.ROOT);
        String sign = digits.startsWith("-") ? "-" : "";
        String unsigned =
                digits.startsWith("-") || digits.startsWith("+") ? digits.substring(1) : digits;
        String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
        if (!prefix.isEmpty() && unsigned.startsWith(prefix)) {
            unsigned = unsigned.substring(2).replaceFirst("^_", "");
        }
        boolean known =
                base >= 2
                        && base <= 36
                        && unsigned.length() <= MAX_DIGITS
                        && !unsigned.startsWith("+")
                        && !unsigned.startsWith("-")
                        && UNDERSCORES.matcher(unsigned).matches();
        try {
            return known
                    ? Optional.of(
                            Arithmetic.simplest(
                                    new BigInteger(sign + unsigned.replace("_", ""), base)))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    static Optional<Double> real(Object value) {
        if (Values.isNumber(value)) {
            return Optional.of(Values.real(value));
        }
        if (!(value instanceof String text)) {
            return Optional.empty();
        }
        String digits = StringMethods.strip(text, null, true, true).toLowerCase(Locale.ROOT);
        return switch (digits) {
            case "inf", "+inf", "infinity", "+infinity" -> Optional.of(Double.POSITIVE_INFINITY);
            case "-inf", "-infinity" -> Optional.of(Double.NEGATIVE_INFINITY);
            case "nan", "+nan", "-nan" -> Optional.of(Double.NaN);
            default ->
                    REAL.matcher(digits).matches()
                            ? Optional.of(Double.valueOf(digits.replace("_", "")))
                            : Optional.empty();
        };
    }
}
