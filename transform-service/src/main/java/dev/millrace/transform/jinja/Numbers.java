package dev.millrace.transform.jinja;

import java.util.Locale;
import java.util.Optional;

/** Reads numbers as the filters {@code int} and {@code float} do. */
final class Numbers {

    private Numbers() {}

    static Optional<Long> whole(Object value, int base) {
        if (Values.isInteger(value)) {
            return Optional.of(Values.integer(value));
        }
        if (value instanceof Double number) {
            return finite(number).map(Double::longValue);
        }
        if (!(value instanceof String text)) {
            return Optional.empty();
        }
        String digits = text.strip().replace("_", "").toLowerCase(Locale.ROOT);
        try {
            String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
            boolean prefixed = !prefix.isEmpty() && digits.startsWith(prefix);
            return Optional.of(Long.parseLong(prefixed ? digits.substring(2) : digits, base));
        } catch (NumberFormatException e) {
            return base == 10
                    ? real(digits).flatMap(Numbers::finite).map(Double::longValue)
                    : Optional.empty();
        }
    }

    static Optional<Double> real(Object value) {
        if (Values.isNumber(value)) {
            return Optional.of(Values.real(value));
        }
        if (!(value instanceof String text)) {
            return Optional.empty();
        }
        String digits = text.strip().replace("_", "").toLowerCase(Locale.ROOT);
        try {
            return switch (digits) {
                case "inf", "+inf", "infinity" -> Optional.of(Double.POSITIVE_INFINITY);
                case "-inf", "-infinity" -> Optional.of(Double.NEGATIVE_INFINITY);
                case "nan" -> Optional.of(Double.NaN);
                // Java would also read 1d and 0x1p3, which Python does not.
                default ->
                        digits.chars().allMatch(c -> "0123456789+-.e".indexOf(c) >= 0)
                                ? Optional.of(Double.valueOf(digits))
                                : Optional.empty();
            };
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Double> finite(double number) {
        return Double.isFinite(number) && Math.abs(number) < 0x1p63
                ? Optional.of(number)
                : Optional.empty();
    }
}
