package dev.millrace.transform.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
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
 * @param alternate whether the base is written, and zeros at the end are kept
 * @param width least number of characters
 * @param grouping separator of thousands, or empty
 * @param precision digits after the point, or characters of a text; -1 if not given
 * @param type conversion, or a space for the type's own
 */
record FormatSpec(
        String fill,
        char align,
        char sign,
        boolean alternate,
        int width,
        String grouping,
        int precision,
        char type) {

    private static final Pattern SPEC =
            Pattern.compile(
                    "(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+"
                            + " ])?(?<alternate>#)?(?<zero>0)?(?<width>\\d{1,6})?(?<group>[,_])?"
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
                fill != null ? fill : zero && align == null ? "0" : " ",
                align != null ? align.charAt(0) : zero ? '0' : ' ',
                sign == null ? '-' : sign.charAt(0),
                matcher.group("alternate") != null,
                width == null ? 0 : Integer.parseInt(width),
                group == null ? "" : group,
                precision == null ? -1 : Math.min(MAX_PRECISION, Integer.parseInt(precision)),
                type == null ? ' ' : type.charAt(0));
    }

    String format(Object value, Budget budget) {
        Values.requireDefined(value);
        budget.spend(width + Math.max(0, precision));
        if (value instanceof String text) {
            return text(text);
        }
        if (!Values.isNumber(value)) {
            throw new JinjaException(
                    "'" + Values.typeName(value) + "' takes no format; write it as text first");
        }
        boolean whole = Values.isInteger(value);
        if (whole && (type == ' ' || "bcdoxXn".indexOf(type) >= 0)) {
            return whole(Arithmetic.big(value));
        }
        if ("bcdosxX".indexOf(type) >= 0) {
            throw new JinjaException(
                    "the format '" + type + "' is not for " + Values.typeName(value));
        }
        if (value instanceof BigDecimal decimal && hasOwnPlaces()) {
            return number(decimal.signum() < 0, "", places(decimal.abs()), 3);
        }
        double number = Values.real(value);
        boolean negative = Math.copySign(1, number) < 0 && !Double.isNaN(number);
        return number(negative, "", RealText.of(Math.abs(number), precision, type, alternate), 3);
    }

    private boolean hasOwnPlaces() {
        return type == 'f' || type == 'F' || (type == ' ' && precision < 0);
    }

    /** A decimal has the digits after the point that it has, unless told otherwise. */
    private String places(BigDecimal decimal) {
        int places = precision < 0 ? Math.max(0, decimal.scale()) : precision;
        return type == ' '
                ? decimal.toString()
                : decimal.setScale(places, RoundingMode.HALF_EVEN).toPlainString();
    }

    private String text(String text) {
        boolean wrong = sign != '-' || alternate || align == '=' || !grouping.isEmpty();
        if (wrong || (type != ' ' && type != 's')) {
            throw new JinjaException("the format is for numbers, not for text");
        }
        boolean cut = precision >= 0 && precision < text.codePointCount(0, text.length());
        String shown = cut ? text.substring(0, text.offsetByCodePoints(0, precision)) : text;
        return pad("", shown, '<');
    }

    private String whole(BigInteger number) {
        if (precision >= 0) {
            throw new JinjaException("a whole number takes no precision");
        }
        if (type == 'c') {
            if (number.signum() < 0 || number.bitLength() > 21) {
                throw new JinjaException("the number is that of no character");
            }
            return pad("", Character.toString(number.intValue()), '<');
        }
        int radix =
                switch (type) {
                    case 'b' -> 2;
                    case 'o' -> 8;
                    case 'x', 'X' -> 16;
                    default -> 10;
                };
        if (radix != 10 && grouping.equals(",")) {
            throw new JinjaException("thousands are grouped in decimal numbers only");
        }
        String digits = number.abs().toString(radix);
        String prefix = alternate && radix != 10 ? "0" + type : "";
        return number(
                number.signum() < 0,
                prefix,
                type == 'X' ? digits.toUpperCase(Locale.ROOT) : digits,
                radix == 10 ? 3 : 4);
    }

    private String number(boolean negative, String base, String digits, int groupSize) {
        String prefix = (negative ? "-" : sign == '-' ? "" : Character.toString(sign)) + base;
        int end = 0;
        while (end < digits.length()
                && Character.isLetterOrDigit(digits.charAt(end))
                && (groupSize == 4 || Character.isDigit(digits.charAt(end)))) {
            end++;
        }
        String whole = digits.substring(0, end);
        String rest = digits.substring(end);
        String grouped = group(whole, groupSize);
        boolean zeros = fill.equals("0") && (align == '0' || align == '=') && !grouping.isEmpty();
        while (zeros && prefix.length() + grouped.length() + rest.length() < width) {
            whole = "0" + whole;
            grouped = group(whole, groupSize);
        }
        return pad(prefix, grouped + rest, '>');
    }

    private String group(String digits, int size) {
        if (grouping.isEmpty()) {
            return digits;
        }
        StringBuilder grouped = new StringBuilder(digits);
        for (int i = digits.length() - size; i > 0; i -= size) {
            grouped.insert(i, grouping);
        }
        return grouped.toString();
    }

    private String pad(String prefix, String text, char ownAlign) {
        int missing = width - prefix.length() - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return prefix + text;
        }
        char side = align == ' ' ? ownAlign : align != '0' ? align : ownAlign == '>' ? '=' : '<';
        return switch (side) {
            case '<' -> prefix + text + fill.repeat(missing);
            case '=' -> prefix + fill.repeat(missing) + text;
            case '^' ->
                    fill.repeat(missing / 2) + prefix + text + fill.repeat(missing - missing / 2);
            default -> fill.repeat(missing) + prefix + text;
        };
    }
}
