package dev.millrace.transform.materialization;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The type of a seed's column: the first that all of its values have, as dbt tries them. */
final class SeedType {

    private static final Pattern INTEGER = Pattern.compile("[-+]?\\d{1,30}");
    private static final Pattern NUMBER =
            Pattern.compile("[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?");
    private static final Pattern DATE = Pattern.compile("(\\d{4})-(\\d{1,2})-(\\d{1,2})");
    private static final Pattern TIMESTAMP =
            Pattern.compile(
                    "\\d{4}-\\d{2}-\\d{2}[T"
                        + " ]\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,6})?)?(?:Z|[-+]\\d{2}:?\\d{2})?");

    private SeedType() {}

    static String of(List<String> values) {
        if (all(values, INTEGER.asMatchPredicate())) {
            boolean small = all(values, value -> new BigInteger(value).bitLength() < 32);
            boolean medium = all(values, value -> new BigInteger(value).bitLength() < 64);
            return small ? "integer" : medium ? "bigint" : "numeric";
        }
        if (all(values, NUMBER.asMatchPredicate())) {
            return "float8";
        }
        if (all(values, SeedType::isDate)) {
            return "date";
        }
        if (all(values, TIMESTAMP.asMatchPredicate())) {
            return "timestamp without time zone";
        }
        if (all(values, SeedType::isBoolean)) {
            return "boolean";
        }
        return "text";
    }

    private static boolean all(List<String> values, Predicate<String> predicate) {
        return values.stream().map(String::strip).allMatch(predicate);
    }

    private static boolean isDate(String value) {
        var matcher = DATE.matcher(value);
        if (!matcher.matches()) {
            return false;
        }
        try {
            LocalDate.of(
                    Integer.parseInt(matcher.group(1)),
                    Integer.parseInt(matcher.group(2)),
                    Integer.parseInt(matcher.group(3)));
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static boolean isBoolean(String value) {
        String lower = value.toLowerCase(Locale.ROOT);
        return lower.equals("true") || lower.equals("false");
    }
}
