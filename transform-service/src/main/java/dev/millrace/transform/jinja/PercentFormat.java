package dev.millrace.transform.jinja;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code "%s is %d" % (name, age)}. */
final class PercentFormat {

    private static final Pattern CONVERSION =
            Pattern.compile(
                    "%(?:\\((?<key>[^)]*)\\))?(?<flags>[-+"
                            + " #0]*)(?<width>\\d{1,6})?(?:\\.(?<precision>\\d{1,4}))?"
                            + "(?<type>[diouxXeEfFgGcrsa%])?");

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
        if (!named && used < values.size() && !(value instanceof Map<?, ?>)) {
            throw new JinjaException("the format '" + format + "' has too many values");
        }
        return matcher.appendTail(text).toString();
    }

    private String convert(Matcher matcher, char type, Object item) {
        String flags = matcher.group("flags");
        String width = matcher.group("width");
        String precision = matcher.group("precision");
        StringBuilder spec = new StringBuilder();
        boolean numeric = "diouxXeEfFgG".indexOf(type) >= 0;
        if (flags.contains("-")) {
            spec.append('<');
        } else if (flags.contains("0") && numeric) {
            spec.append("0=");
        } else {
            spec.append('>');
        }
        if (numeric && flags.contains("+")) {
            spec.append('+');
        } else if (numeric && flags.contains(" ")) {
            spec.append(' ');
        }
        spec.append(width == null ? "" : width);
        if (precision != null && "diouxX".indexOf(type) < 0) {
            spec.append('.').append(precision);
        }
        return switch (type) {
            case 's' ->
                    FormatSpec.parse(spec.append('s').toString()).format(Values.text(item), budget);
            case 'r', 'a' ->
                    FormatSpec.parse(spec.append('s').toString())
                            .format(Representation.of(item), budget);
            case 'd', 'i', 'u' ->
                    FormatSpec.parse(spec.append('d').toString()).format(whole(item), budget);
            default -> FormatSpec.parse(spec.append(type).toString()).format(item, budget);
        };
    }

    private static Object whole(Object item) {
        return item instanceof Double number ? (Object) (long) (double) number : item;
    }
}
