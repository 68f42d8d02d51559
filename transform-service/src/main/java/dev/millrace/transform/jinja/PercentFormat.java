package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code "%s is %d" % (name, age)}. */
final class PercentFormat {

    private static final Pattern CONVERSION =
            Pattern.compile(
                    "%(?:\\((?<key>[^)]*)\\))?(?<flags>[-+"
                            + " #0]*)(?<width>\\d{1,6})?(?:\\.(?<precision>\\d{1,4}))?"
                            + "[hlL]?(?<type>[diouxXeEfFgGcrsa%])?");

    private final Budget budget;

    PercentFormat(Budget budget) {
        this.budget = budget;
    }

    String format(String format, Object value) {
        List<?> values = value instanceof TupleValue tuple ? tuple : List.of(value);
        StringBuilder text = new StringBuilder();
        Matcher matcher = CONVERSION.matcher(format);
        int used = 0;
        boolean named = false;
        while (matcher.find()) {
            String type = matcher.group("type");
            if (type == null) {
                throw new JinjaException("the format '" + format + "' has a '%' of no known kind");
            }
            String replacement;
            if (type.equals("%")) {
                replacement = "%";
            } else {
                Object item;
                if (matcher.group("key") != null) {
                    named = true;
                    item = value instanceof Map<?, ?> map ? map.get(matcher.group("key")) : null;
                } else {
                    item = used < values.size() ? values.get(used++) : null;
                }
                if (item == null) {
                    throw new JinjaException("the format '" + format + "' has too few values");
                }
                replacement = convert(matcher, type.charAt(0), item);
            }
            budget.spend(replacement.length());
            matcher.appendReplacement(text, Matcher.quoteReplacement(replacement));
        }
        boolean mayBeUnused =
                value instanceof Map<?, ?>
                        || (value instanceof List<?> && !(value instanceof TupleValue));
        if (!named && used < values.size() && !mayBeUnused) {
            throw new JinjaException("the format '" + format + "' has too many values");
        }
        return matcher.appendTail(text).toString();
    }

    private String convert(Matcher matcher, char type, Object item) {
        String flags = matcher.group("flags");
        int precision = number(matcher.group("precision"), -1);
        budget.spend(number(matcher.group("width"), 0) + Math.max(0, precision));
        return switch (type) {
            case 's' -> padded(matcher, "", cut(Values.text(item), precision));
            case 'r', 'a' -> padded(matcher, "", cut(Representation.of(item), precision));
            case 'c' -> padded(matcher, "", character(item));
            case 'd', 'i', 'u', 'o', 'x', 'X' -> {
                BigInteger whole = whole(item, type);
                int radix = type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
                String digits = whole.abs().toString(radix);
                digits = "0".repeat(Math.max(0, precision - digits.length())) + digits;
                String base = flags.contains("#") && radix != 10 ? "0" + type : "";
                yield padded(
                        matcher,
                        sign(whole.signum() < 0, flags) + base,
                        type == 'X' ? digits.toUpperCase(Locale.ROOT) : digits);
            }
            default -> {
                double real = real(item);
                boolean negative = Math.copySign(1, real) < 0 && !Double.isNaN(real);
                yield padded(
                        matcher,
                        sign(negative, flags),
                        RealText.of(Math.abs(real), precision, type, flags.contains("#")));
            }
        };
    }

    private static int number(@Nullable String digits, int otherwise) {
        return digits == null ? otherwise : Integer.parseInt(digits);
    }

    private static String cut(String text, int precision) {
        boolean longer = precision >= 0 && precision < text.codePointCount(0, text.length());
        return longer ? text.substring(0, text.offsetByCodePoints(0, precision)) : text;
    }

    private static String sign(boolean negative, String flags) {
        return negative ? "-" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
    }

    private static String padded(Matcher matcher, String prefix, String text) {
        String flags = matcher.group("flags");
        int missing =
                number(matcher.group("width"), 0)
                        - prefix.length()
                        - text.codePointCount(0, text.length());
        String fill = " ".repeat(Math.max(0, missing));
        boolean numeric = "srac".indexOf(matcher.group("type").charAt(0)) < 0;
        if (flags.contains("-")) {
            return prefix + text + fill;
        }
        return flags.contains("0") && numeric
                ? prefix + fill.replace(' ', '0') + text
                : fill + prefix + text;
    }

    private static String character(Object item) {
        if (item instanceof String text && text.codePointCount(0, text.length()) == 1) {
            return text;
        }
        if (Values.isInteger(item) && Character.isValidCodePoint((int) Values.integer(item))) {
            return Character.toString((int) Values.integer(item));
        }
        throw new JinjaException("the format 'c' is for one character");
    }

    private static double real(Object item) {
        if (!Values.isNumber(item)) {
            Values.requireDefined(item);
            throw new JinjaException("the format is for numbers, not for " + Values.typeName(item));
        }
        return Values.real(item);
    }

    private static BigInteger whole(Object item, char type) {
        if (Values.isInteger(item)) {
            return Arithmetic.big(item);
        }
        real(item);
        if (type == 'o' || type == 'x' || type == 'X') {
            throw new JinjaException("the format '" + type + "' is for whole numbers");
        }
        return Numbers.whole(item, 10)
                .map(Arithmetic::big)
                .orElseThrow(() -> new JinjaException("this is no whole number"));
    }
}
