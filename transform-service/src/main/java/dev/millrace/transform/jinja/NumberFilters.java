package dev.millrace.transform.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Jinja's filters of numbers. */
final class NumberFilters {

    private NumberFilters() {}

    static void register(Map<String, Filter> filters) {
        filters.put("abs", Filters.simple("abs", NumberFilters::absolute));
        filters.put(
                "int",
                (value, arguments) -> {
                    Arguments.Bound bound = arguments.bind("int", "default", "base");
                    return Numbers.whole(Values.requireDefined(value), bound.integer("base", 10))
                            .orElse(bound.get("default", 0L));
                });
        filters.put(
                "float",
                (value, arguments) ->
                        Numbers.real(Values.requireDefined(value))
                                .<Object>map(number -> number)
                                .orElse(arguments.bind("float", "default").get("default", 0.0)));
        filters.put("round", NumberFilters::round);
        filters.put("filesizeformat", NumberFilters::fileSize);
    }

    private static Object absolute(Object value) {
        Object size = value instanceof Operand operand ? operand.absolute() : null;
        return size == null ? Arithmetic.absolute(number(value, "abs")) : size;
    }

    private static Object number(Object value, String filter) {
        if (!Values.isNumber(value)) {
            Values.requireDefined(value);
            throw new JinjaException(filter + " is for numbers, not " + Values.typeName(value));
        }
        return value;
    }

    private static Object round(Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("round", "precision", "method");
        int precision = Math.clamp(bound.integer("precision", 0), -400, 400);
        Object number = number(value, "round");
        return switch (bound.text("method", "common")) {
            case "common" -> nearest(number, precision);
            case "ceil" -> Math.ceil(Values.real(number) * factor(precision)) / factor(precision);
            case "floor" -> Math.floor(Values.real(number) * factor(precision)) / factor(precision);
            default -> throw new JinjaException("round(): common, ceil or floor");
        };
    }

    /** As binary as Python's, so that the result is the same. */
    private static double factor(int precision) {
        return Math.pow(10, precision);
    }

    private static Object nearest(Object number, int precision) {
        if (number instanceof Double real && !Double.isFinite(real)) {
            return real;
        }
        BigDecimal rounded = Arithmetic.exact(number).setScale(precision, RoundingMode.HALF_EVEN);
        return switch (number) {
            case Double real ->
                    rounded.signum() == 0 ? Math.copySign(0.0, real) : rounded.doubleValue();
            case BigDecimal decimal -> rounded;
            default -> Arithmetic.simplest(rounded.toBigInteger());
        };
    }

    private static Object fileSize(Object value, Arguments arguments) {
        boolean binary = arguments.bind("filesizeformat", "binary").flag("binary", false);
        int base = binary ? 1024 : 1000;
        List<String> units =
                binary
                        ? List.of("KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB")
                        : List.of("kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB");
        double bytes =
                Numbers.real(Values.requireDefined(value))
                        .orElseThrow(() -> new JinjaException("filesizeformat is for numbers"));
        if (bytes == 1) {
            return "1 Byte";
        }
        if (bytes < base) {
            return (long) bytes + " Bytes";
        }
        double unit = base;
        int index = 0;
        while (bytes >= unit * base && index < units.size() - 1) {
            unit *= base;
            index++;
        }
        return String.format(Locale.ROOT, "%.1f %s", bytes / unit, units.get(index));
    }
}
