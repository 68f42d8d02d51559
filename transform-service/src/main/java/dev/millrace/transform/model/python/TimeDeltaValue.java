package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Operand;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Python's {@code timedelta}.
 *
 * @param micros its microseconds, which may be negative
 */
record TimeDeltaValue(long micros) implements Operand, HasAttributes {

    static final long SECOND = 1_000_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;

    /** In the order of timedelta's parameters. */
    private static final Map<String, Long> UNITS = new LinkedHashMap<>();

    static {
        UNITS.put("days", DAY);
        UNITS.put("seconds", SECOND);
        UNITS.put("microseconds", 1L);
        UNITS.put("milliseconds", 1000L);
        UNITS.put("minutes", MINUTE);
        UNITS.put("hours", HOUR);
        UNITS.put("weeks", 7 * DAY);
    }

    static TimeDeltaValue ofSeconds(long seconds) {
        return new TimeDeltaValue(seconds * SECOND);
    }

    /** {@code timedelta(days=…, …)}. */
    static TimeDeltaValue of(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("timedelta", UNITS.keySet().toArray(String[]::new));
        BigDecimal sum = BigDecimal.ZERO;
        for (Map.Entry<String, Long> unit : UNITS.entrySet()) {
            BigDecimal count = number(bound.get(unit.getKey(), 0L));
            if (count == null) {
                throw new JinjaException(
                        "timedelta(): '"
                                + unit.getKey()
                                + "' must be a number, not "
                                + Values.typeName(bound.get(unit.getKey())));
            }
            sum = sum.add(count.multiply(BigDecimal.valueOf(unit.getValue())));
        }
        return rounded(sum);
    }

    private static TimeDeltaValue rounded(BigDecimal micros) {
        BigInteger whole = micros.setScale(0, RoundingMode.HALF_EVEN).toBigInteger();
        if (whole.bitLength() > Long.SIZE - 1) {
            throw new JinjaException("a timedelta of more than 292000 years is not offered");
        }
        return new TimeDeltaValue(whole.longValue());
    }

    private static @Nullable BigDecimal number(Object value) {
        return switch (value) {
            case Long number -> BigDecimal.valueOf(number);
            case Boolean flag -> flag ? BigDecimal.ONE : BigDecimal.ZERO;
            case Double number when Double.isFinite(number) -> new BigDecimal(number);
            default -> null;
        };
    }

    @Override
    public @Nullable Object apply(String operator, Object other) {
        if (other instanceof TimeDeltaValue(long right)) {
            return withAnother(operator, right);
        }
        BigDecimal number = number(other);
        if (number == null) {
            return null;
        }
        return switch (operator) {
            case "*" -> rounded(BigDecimal.valueOf(micros).multiply(number));
            case "/" ->
                    rounded(
                            BigDecimal.valueOf(micros)
                                    .divide(nonZero(number), 0, RoundingMode.HALF_EVEN));
            case "//" ->
                    other instanceof Double
                            ? null
                            : rounded(
                                    BigDecimal.valueOf(micros)
                                            .divide(nonZero(number), 0, RoundingMode.FLOOR));
            default -> null;
        };
    }

    private @Nullable Object withAnother(String operator, long right) {
        BigDecimal other = BigDecimal.valueOf(right);
        return switch (operator) {
            case "+" -> rounded(BigDecimal.valueOf(micros).add(other));
            case "-" -> rounded(BigDecimal.valueOf(micros).subtract(other));
            case "/" -> (double) micros / nonZero(other).longValue();
            case "//" -> Math.floorDiv(micros, nonZero(other).longValue());
            case "%" -> new TimeDeltaValue(Math.floorMod(micros, nonZero(other).longValue()));
            default -> null;
        };
    }

    private static BigDecimal nonZero(BigDecimal number) {
        if (number.signum() == 0) {
            throw new JinjaException("division by zero");
        }
        return number;
    }

    @Override
    public @Nullable Object applyReversed(String operator, Object other) {
        return operator.equals("*") ? apply(operator, other) : null;
    }

    @Override
    public Object negated() {
        return rounded(BigDecimal.valueOf(micros).negate());
    }

    @Override
    public Object absolute() {
        return micros < 0 ? negated() : this;
    }

    @Override
    public @Nullable Integer order(Object other) {
        return other instanceof TimeDeltaValue delta ? Long.compare(micros, delta.micros) : null;
    }

    @Override
    public boolean truth() {
        return micros != 0;
    }

    @Override
    public String typeName() {
        return "timedelta";
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "days" -> days();
            case "seconds" -> Math.floorMod(micros, DAY) / SECOND;
            case "microseconds" -> Math.floorMod(micros, SECOND);
            case "total_seconds" -> (Invocable) arguments -> (double) micros / SECOND;
            default -> null;
        };
    }

    private long days() {
        return Math.floorDiv(micros, DAY);
    }

    /** The part of a day. */
    private String clock() {
        long rest = Math.floorMod(micros, DAY);
        String text =
                "%d:%02d:%02d".formatted(rest / HOUR, rest % HOUR / MINUTE, rest % MINUTE / SECOND);
        return rest % SECOND == 0 ? text : text + ".%06d".formatted(rest % SECOND);
    }

    /** With a sign also before what is not negative, as pytz writes it. */
    String signed() {
        return (micros < 0 ? "" : "+") + this;
    }

    @Override
    public String representation() {
        List<String> parts = new ArrayList<>();
        for (String name : List.of("days", "seconds", "microseconds")) {
            if (attribute(name) instanceof Long count && count != 0) {
                parts.add(name + "=" + count);
            }
        }
        return "datetime.timedelta(" + (parts.isEmpty() ? "0" : String.join(", ", parts)) + ")";
    }

    @Override
    public String toString() {
        long days = days();
        return days == 0 ? clock() : days + (Math.abs(days) == 1 ? " day, " : " days, ") + clock();
    }

    /** As a span of Java's. */
    java.time.Duration duration() {
        return java.time.Duration.of(micros, ChronoUnit.MICROS);
    }
}
