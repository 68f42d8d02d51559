package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.Operand;

import org.jspecify.annotations.Nullable;

import java.time.LocalDate;
import java.time.LocalTime;

/**
 * Python's {@code date}.
 *
 * @param date the same, of Java
 */
public record DateValue(LocalDate date) implements Operand, HasAttributes {

    @Override
    public @Nullable Object apply(String operator, Object other) {
        if (operator.equals("-") && other instanceof DateValue(LocalDate from)) {
            return new TimeDeltaValue((date.toEpochDay() - from.toEpochDay()) * TimeDeltaValue.DAY);
        }
        if (other instanceof TimeDeltaValue delta) {
            long days = Math.floorDiv(delta.micros(), TimeDeltaValue.DAY);
            return switch (operator) {
                case "+" -> new DateValue(Dates.checked(date.plusDays(days)));
                case "-" -> new DateValue(Dates.checked(date.minusDays(days)));
                default -> null;
            };
        }
        return null;
    }

    @Override
    public @Nullable Object applyReversed(String operator, Object other) {
        return operator.equals("+") ? apply(operator, other) : null;
    }

    @Override
    public @Nullable Integer order(Object other) {
        return other instanceof DateValue(LocalDate right) ? date.compareTo(right) : null;
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "isoformat" -> Dates.constant(name, toString());
            case "strftime" ->
                    (Invocable) arguments -> format(arguments.bind(name, "format").text("format"));
            case "ctime" -> Dates.constant(name, format("%c"));
            case "replace" ->
                    (Invocable)
                            arguments ->
                                    new DateValue(
                                            Dates.replaced(
                                                    date,
                                                    arguments.bind(name, "year", "month", "day")));
            default -> Dates.attribute(date, name);
        };
    }

    @Override
    public String format(String spec) {
        return new TimeFormat(date.atTime(LocalTime.MIDNIGHT), null).format(spec);
    }

    @Override
    public String typeName() {
        return "date";
    }

    @Override
    public String representation() {
        return "datetime.date(%d, %d, %d)"
                .formatted(date.getYear(), date.getMonthValue(), date.getDayOfMonth());
    }

    @Override
    public String toString() {
        return date.toString();
    }
}
