package dev.millrace.transform.landing.contract;

import com.google.re2j.Pattern;

import dev.millrace.contracts.project.contract.Rule;
import dev.millrace.transform.landing.value.Day;
import dev.millrace.transform.landing.value.TimeOfDay;
import dev.millrace.transform.landing.value.Timestamp;
import dev.millrace.transform.landing.value.WallTime;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;

/**
 * A rule about one value, ready to run.
 *
 * @param text the rule as people read it
 * @param compares whether it compares the value with others of its meaning
 * @param test whether a value, which is of its column's type, keeps it
 */
record Check(String text, boolean compares, Test test) {

    @FunctionalInterface
    interface Test {
        boolean admits(Object value);
    }

    /** Beyond, the remainder of a division would take longer than a record is worth. */
    private static final int MAX_DIGITS = 1_000;

    /** The check for a rule; null for one that is about more than a single scalar. */
    static @Nullable Check of(Rule rule) {
        Test test =
                switch (rule) {
                    case Rule.MinLength(int length) -> value -> length(value) >= length;
                    case Rule.MaxLength(int length) -> value -> length(value) <= length;
                    case Rule.Matches(String expression, String _) -> matches(expression);
                    case Rule.Format format -> value -> format.format().admits(written(value));
                    case Rule.Limit limit -> value -> isWithin(limit, value);
                    case Rule.MultipleOf(BigDecimal factor) -> value -> isMultiple(value, factor);
                    case Rule.OneOf one -> value -> one.values().contains(canonical(value));
                    case Rule.NoneOf none -> value -> !none.values().contains(canonical(value));
                    case Rule.Required _,
                            Rule.Unique _,
                            Rule.MinItems _,
                            Rule.MaxItems _,
                            Rule.UniqueItems _,
                            Rule.MinProperties _,
                            Rule.MaxProperties _,
                            Rule.RequiredMembers _ ->
                            null;
                };
        boolean compares = rule instanceof Rule.Limit || rule instanceof Rule.MultipleOf;
        return test == null ? null : new Check(rule.text(), compares, test);
    }

    private static Test matches(String expression) {
        Pattern pattern = Pattern.compile(expression);
        return value -> pattern.matcher(written(value)).find();
    }

    /** Characters as people count them, not halves of surrogate pairs. */
    private static int length(Object value) {
        String text = written(value);
        return text.codePointCount(0, text.length());
    }

    /** A value as it came, if it was text. */
    static String written(Object value) {
        String text = Conversion.text(value);
        return text == null ? value.toString() : text;
    }

    /** Equal numbers are the same text. */
    private static String canonical(Object value) {
        Object exact =
                value instanceof Double number && Double.isFinite(number)
                        ? BigDecimal.valueOf(number)
                        : value;
        return exact instanceof BigDecimal number
                        && number.precision() <= MAX_DIGITS
                        && Math.abs((long) number.scale()) <= MAX_DIGITS
                ? number.stripTrailingZeros().toPlainString()
                : written(value);
    }

    private static boolean isWithin(Rule.Limit limit, Object value) {
        BigDecimal position = position(value);
        return position == null || limit.side().admits(position.compareTo(limit.limit()));
    }

    /** Where a value stands among others of its type; null if it has no place. */
    private static @Nullable BigDecimal position(Object value) {
        return switch (value) {
            case Long number -> BigDecimal.valueOf(number);
            case BigDecimal number -> number;
            case Double number -> new BigDecimal(number);
            case Day day -> BigDecimal.valueOf(day.epochDay());
            case Timestamp time -> BigDecimal.valueOf(time.micros());
            case WallTime time -> BigDecimal.valueOf(time.micros());
            case TimeOfDay time -> BigDecimal.valueOf(time.micros());
            default -> null;
        };
    }

    private static boolean isMultiple(Object value, BigDecimal factor) {
        BigDecimal number = value instanceof Double d ? BigDecimal.valueOf(d) : position(value);
        if (number == null || number.signum() == 0) {
            return true;
        }
        if (number.scale() < -MAX_DIGITS || number.scale() > MAX_DIGITS) {
            return false;
        }
        return number.remainder(factor).signum() == 0;
    }
}
