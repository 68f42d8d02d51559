package dev.millrace.transform.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** The digits of a real number that is not negative, as Python's formats write them. */
final class RealText {

    private static final int DEFAULT_PRECISION = 6;

    private RealText() {}

    /**
     * The digits.
     *
     * @param precision -1 if not given
     * @param type {@code e}, {@code f}, {@code g}, {@code %}, their capitals, or a space
     * @param alternate whether the point and zeros at the end are kept
     */
    static String of(double number, int precision, char type, boolean alternate) {
        boolean capital = Character.isUpperCase(type);
        String text = lower(number, precision, Character.toLowerCase(type), alternate);
        return capital ? text.toUpperCase(Locale.ROOT) : text;
    }

    private static String lower(double number, int precision, char type, boolean alternate) {
        if (!Double.isFinite(number)) {
            return (Double.isNaN(number) ? "nan" : "inf") + (type == '%' ? "%" : "");
        }
        int digits = precision < 0 ? DEFAULT_PRECISION : precision;
        return switch (type) {
            case 'f' -> fixed(number, digits, alternate);
            case '%' -> fixed(number * 100, digits, alternate) + "%";
            case 'e' -> exponent(number, digits, alternate);
            case 'g', 'n' -> general(number, digits, alternate, false);
            default ->
                    precision < 0
                            ? Representation.real(number)
                            : general(number, digits, alternate, true);
        };
    }

    private static String fixed(double number, int digits, boolean alternate) {
        String text =
                new BigDecimal(number).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
        return alternate && digits == 0 ? text + "." : text;
    }

    private static String exponent(double number, int digits, boolean alternate) {
        BigDecimal rounded = rounded(number, digits + 1);
        String text = rounded.unscaledValue().toString();
        int power = number == 0 ? 0 : text.length() - 1 - rounded.scale();
        String padded = text + "0".repeat(Math.max(0, digits + 1 - text.length()));
        String fraction = padded.substring(1, digits + 1);
        return padded.charAt(0) + (digits > 0 || alternate ? "." : "") + fraction + power(power);
    }

    private static BigDecimal rounded(double number, int digits) {
        return new BigDecimal(number).round(new MathContext(digits, RoundingMode.HALF_EVEN));
    }

    private static String power(int power) {
        return "e" + (power < 0 ? "-" : "+") + "%02d".formatted(Math.abs(power));
    }

    /** Plain or with an exponent, whichever is shorter. */
    private static String general(
            double number, int precision, boolean alternate, boolean withFraction) {
        int digits = Math.max(1, precision);
        BigDecimal rounded = rounded(number, digits);
        int power = number == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
        if (power < -4 || (number != 0 && power >= digits - (withFraction ? 1 : 0))) {
            String scientific = exponent(number, digits - 1, alternate);
            int at = scientific.indexOf('e');
            return alternate
                    ? scientific
                    : stripped(scientific.substring(0, at)) + scientific.substring(at);
        }
        String text =
                rounded.setScale(Math.max(0, digits - 1 - power), RoundingMode.HALF_EVEN)
                        .toPlainString();
        if (alternate) {
            return text.indexOf('.') < 0 ? text + "." : text;
        }
        String plain = stripped(text);
        return withFraction && plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }

    private static String stripped(String text) {
        if (text.indexOf('.') < 0) {
            return text;
        }
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
    }
}
