package dev.millrace.transform.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Python's format of one value, such as {@code >10}, {@code 05d} or {@code ,.2f}.
 *
 * @param fill what fills the width
 * @param align {@code <}, {@code >}, {@code ^}, {@code =} or a space for the type's own
 * @param sign {@code +}, {@code -} or a space
 * @param width least number of characters
 * @param grouping separator of thousands, or empty
 * @param precision digits after the point, or characters of a text; -1 if not given
 * @param type conversion, or a space for the type's own
 */
record FormatSpec(
        String fill, char align, char sign, int width, String grouping, int precision, char type) {

    private static final Pattern SPEC =
            Pattern.compile(
                    "(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+"
                            + " ])?#?(?<zero>0)?(?<width>\\d{1,6})?(?<group>[,_])?"
                            + "(?:\\.(?<precision>\\d{1,4}))?(?<type>[bcdeEfFgGnosxX%])?",
                    Pattern.DOTALL);
    private static final int MAX_PRECISION = 1000;

    static FormatSpec parse(String text) {
        Matcher matcher = SPEC.matcher(text);
        if (!matcher.matches()) {
            throw new JinjaException("'" + text + "' is no format");
        }
        boolean zero = matcher.group("zero") != null;
        String align = matcher.group("align");
        String fill = matcher.group("fill");
        String width = matcher.group("width");
        String precision = matcher.group("precision");
        String group = matcher.group("group");
        String type = matcher.group("type");
        String sign = matcher.group("sign");
        return new FormatSpec(
                fill != null ? fill : zero ? "0" : " ",
                align != null ? align.charAt(0) : zero ? '=' : ' ',
                sign == null ? '-' : sign.charAt(0),
                width == null ? 0 : Integer.parseInt(width),
                group == null ? "" : group,
                precision == null ? -1 : Math.min(MAX_PRECISION, Integer.parseInt(precision)),
                type == null ? ' ' : type.charAt(0));
    }

    String format(Object value, Budget budget) {
        Values.requireDefined(value);
        budget.spend(width + Math.max(0, precision));
        if (type == 's'
                || (type == ' ' && !Values.isNumber(value))
                || (value instanceof Boolean && type == ' ')) {
            if (type == 's' && !(value instanceof String)) {
                throw new JinjaException(
                        "the format 's' is for text, not " + Values.typeName(value));
            }
            String text = Values.text(value);
            return pad(
                    "",
                    precision >= 0 && precision < text.length()
                            ? text.substring(0, precision)
                            : text,
                    '<');
        }
        if (!Values.isNumber(value)) {
            throw new JinjaException(
                    "the format '" + type + "' is for numbers, not " + Values.typeName(value));
        }
        boolean negative = Values.real(value) < 0;
        String digits = digits(value);
        String prefix = negative ? "-" : sign == '-' ? "" : Character.toString(sign);
        return pad(prefix, group(digits), '>');
    }

    private String digits(Object value) {
        boolean whole = Values.isInteger(value);
        return switch (type) {
            case 'd', 'n' -> wholeDigits(value, 10);
            case 'b' -> wholeDigits(value, 2);
            case 'o' -> wholeDigits(value, 8);
            case 'x' -> wholeDigits(value, 16);
            case 'X' -> wholeDigits(value, 16).toUpperCase(Locale.ROOT);
            case 'c' -> Character.toString((int) Values.integer(value));
            case 'f', 'F' -> fixed(Values.real(value), precision < 0 ? 6 : precision);
            case '%' -> fixed(Values.real(value) * 100, precision < 0 ? 6 : precision) + "%";
            case 'e' -> exponent(Values.real(value));
            case 'E' -> exponent(Values.real(value)).toUpperCase(Locale.ROOT);
            case 'g', 'G' -> general(Values.real(value));
            default ->
                    whole
                            ? wholeDigits(value, 10)
                            : precision < 0
                                    ? Representation.real(Math.abs(Values.real(value)))
                                    : general(Values.real(value));
        };
    }

    private static String wholeDigits(Object value, int radix) {
        if (!Values.isInteger(value)) {
            throw new JinjaException("the format is for whole numbers");
        }
        return new java.math.BigInteger(Long.toString(Values.integer(value))).abs().toString(radix);
    }

    private static String fixed(double value, int digits) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Representation.real(Math.abs(value));
        }
        return new BigDecimal(Math.abs(value))
                .setScale(digits, RoundingMode.HALF_EVEN)
                .toPlainString();
    }

    private String exponent(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Representation.real(Math.abs(value));
        }
        return String.format(
                Locale.ROOT, "%." + (precision < 0 ? 6 : precision) + "e", Math.abs(value));
    }

    private String general(double value) {
        if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
            return value == 0 ? "0" : Representation.real(Math.abs(value));
        }
        int digits = precision < 0 ? 6 : Math.max(1, precision);
        BigDecimal rounded =
                new BigDecimal(Math.abs(value))
                        .round(new java.math.MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < digits) {
            String plain = rounded.stripTrailingZeros().toPlainString();
            return plain;
        }
        BigDecimal mantissa = rounded.movePointLeft(exponent).stripTrailingZeros();
        return mantissa.toPlainString()
                + "e"
                + (exponent < 0 ? "-" : "+")
                + "%02d".formatted(Math.abs(exponent));
    }

    private String group(String digits) {
        if (grouping.isEmpty()) {
            return digits;
        }
        int end = digits.indexOf('.');
        if (end < 0) {
            end = digits.length();
        }
        StringBuilder grouped = new StringBuilder(digits);
        for (int i = end - 3; i > 0; i -= 3) {
            grouped.insert(i, grouping);
        }
        return grouped.toString();
    }

    private String pad(String prefix, String text, char ownAlign) {
        int missing = width - prefix.length() - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return prefix + text;
        }
        return switch (align == ' ' ? ownAlign : align) {
            case '<' -> prefix + text + fill.repeat(missing);
            case '=' -> prefix + fill.repeat(missing) + text;
            case '^' ->
                    fill.repeat(missing / 2) + prefix + text + fill.repeat(missing - missing / 2);
            default -> fill.repeat(missing) + prefix + text;
        };
    }
}
