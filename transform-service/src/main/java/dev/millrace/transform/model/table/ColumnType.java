package dev.millrace.transform.model.table;

import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.python.DateTimeValue;
import dev.millrace.transform.model.python.DateValue;

import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;

/** The type of a column of a table, in the order in which dbt tries it. */
enum ColumnType {
    INTEGER("Integer"),
    NUMBER("Number"),
    DATE("Date"),
    DATE_TIME("DateTime"),
    BOOLEAN("Boolean"),
    TEXT("Text");

    private static final int DIGITS = 28;

    private final String label;

    ColumnType(String label) {
        this.label = label;
    }

    /** The first that all values have; texts are never read as anything else. */
    static ColumnType of(List<Object> values) {
        for (ColumnType type : values()) {
            if (values.stream().allMatch(value -> value == None.NONE || type.holds(value))) {
                return type;
            }
        }
        return TEXT;
    }

    private boolean holds(Object value) {
        return switch (this) {
            case INTEGER -> value instanceof Long;
            case NUMBER ->
                    value instanceof Long || value instanceof Double || value instanceof BigDecimal;
            case DATE -> value instanceof DateValue;
            case DATE_TIME -> value instanceof DateTimeValue;
            case BOOLEAN ->
                    value instanceof Boolean
                            || (!(value instanceof String)
                                    && (Values.equal(value, 0L) || Values.equal(value, 1L)));
            case TEXT -> true;
        };
    }

    /** A value as a column of this type has it. */
    Object cast(Object value) {
        if (value == None.NONE) {
            return value;
        }
        return switch (this) {
            case INTEGER, DATE, DATE_TIME -> value;
            case NUMBER ->
                    switch (value) {
                        case Long number -> BigDecimal.valueOf(number);
                        case Double number when Double.isFinite(number) ->
                                new BigDecimal(Values.representation(number));
                        default -> value;
                    };
            case BOOLEAN -> value instanceof Boolean ? value : Values.truth(value);
            case TEXT -> Values.text(value);
        };
    }

    /** The type in PostgreSQL that dbt gives to a column of this type. */
    String sql(List<Object> values) {
        return switch (this) {
            case INTEGER -> "integer";
            case NUMBER -> places(values) == 0 ? "integer" : "float8";
            case DATE -> "date";
            case DATE_TIME -> "timestamp without time zone";
            case BOOLEAN -> "boolean";
            case TEXT -> "text";
        };
    }

    /** The most digits after the point that are not zero, as far as 28 digits hold them. */
    static int places(List<Object> values) {
        List<BigDecimal> numbers =
                values.stream()
                        .map(value -> value instanceof BigDecimal number ? number : null)
                        .filter(Objects::nonNull)
                        .map(BigDecimal::stripTrailingZeros)
                        .toList();
        int whole = 1;
        int places = 0;
        for (BigDecimal number : numbers) {
            int scale = number.signum() == 0 ? 0 : number.scale();
            whole = Math.max(whole, number.precision() - scale);
            places = Math.max(places, scale);
        }
        return whole + places > DIGITS ? DIGITS - whole : places;
    }

    @Override
    public String toString() {
        return "<agate " + label + ">";
    }
}
