package dev.millrace.transform.landing.contract;

import dev.millrace.contracts.project.contract.LogicalType;
import dev.millrace.contracts.project.contract.TemporalForm;
import dev.millrace.transform.landing.value.Binary;
import dev.millrace.transform.landing.value.Day;
import dev.millrace.transform.landing.value.Json;
import dev.millrace.transform.landing.value.Numbers;
import dev.millrace.transform.landing.value.TimeOfDay;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.landing.value.Timestamp;
import dev.millrace.transform.landing.value.Uuid;
import dev.millrace.transform.landing.value.WallTime;
import dev.millrace.transform.landing.value.Written;
import dev.millrace.transform.schema.ColumnType;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.Base64;

/**
 * Makes of a value what its column's type is, if it means that and nothing is lost; or else it is
 * none of the contract's.
 *
 * @param meaning what the values mean
 * @param column what they become
 * @param temporal how dates and times are written
 */
record Conversion(LogicalType meaning, ColumnType column, @Nullable TemporalForm temporal) {

    /** The value as the column's type; null if it is not what the contract says. */
    @Nullable Object convert(Object value) {
        if (isOfColumn(value)) {
            return value;
        }
        return switch (meaning) {
            case STRING -> text(value) == null ? null : ofText(value);
            case INTEGER, NUMBER -> ofNumber(value);
            case BOOLEAN -> value instanceof Boolean ? value : null;
            case DATE, TIMESTAMP, TIME -> ofTime(value);
            case ARRAY -> begins(value, '[') ? value : null;
            case OBJECT -> begins(value, '{') ? value : null;
        };
    }

    /** Whether a source with types of its own, which JSON lacks, sent just what is wanted. */
    private boolean isOfColumn(Object value) {
        return switch (column) {
            case DOUBLE -> value instanceof Double;
            case TIMESTAMP -> value instanceof WallTime;
            case TIME -> value instanceof TimeOfDay;
            case BYTEA -> value instanceof Binary;
            default -> false;
        };
    }

    /** What limits are compared with, where a column of text holds what is none. */
    Object comparable(Object value) {
        String text = column == ColumnType.TEXT ? text(value) : null;
        if (text == null) {
            return value;
        }
        Object position =
                switch (meaning) {
                    case INTEGER, NUMBER -> decimal(text);
                    case DATE, TIMESTAMP, TIME -> temporal == null ? null : temporal.position(text);
                    case STRING, BOOLEAN, ARRAY, OBJECT -> null;
                };
        return position == null ? value : position;
    }

    /** The text of a value that is text in JSON. */
    static @Nullable String text(Object value) {
        return switch (value) {
            case String text -> text;
            case Written written -> written.text();
            default -> null;
        };
    }

    private static boolean begins(Object value, char sign) {
        return value instanceof Json json && json.utf8().length > 0 && json.utf8()[0] == sign;
    }

    private @Nullable Object ofText(Object value) {
        String text = text(value);
        if (text == null) {
            return null;
        }
        return switch (column) {
            case UUID -> value instanceof Uuid ? value : Uuid.parse(text);
            case BIGINT, NUMERIC, DOUBLE -> ofDecimal(decimal(text));
            case BYTEA -> bytes(text);
            case BOOLEAN -> flag(text);
            case DATE, TIME, TIMESTAMP, TIMESTAMPTZ -> ofTime(value);
            case TEXT, JSONB, OTHER -> value;
        };
    }

    private static @Nullable Object flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> null;
        };
    }

    private static @Nullable Object bytes(String text) {
        try {
            return new Binary(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable BigDecimal decimal(String text) {
        return Numbers.parse(text) instanceof BigDecimal number ? number : null;
    }

    private @Nullable Object ofNumber(Object value) {
        if (value instanceof Long whole) {
            return column == ColumnType.DOUBLE ? (Object) whole.doubleValue() : value;
        }
        if (value instanceof BigDecimal number) {
            return ofDecimal(number);
        }
        if (value instanceof Double number) {
            return Double.isFinite(number) ? ofDecimal(BigDecimal.valueOf(number)) : null;
        }
        String text = text(value);
        // Only where the contract says that the numbers are stored as text.
        return text != null
                        && column == ColumnType.TEXT
                        && decimal(text) != null
                        && (meaning == LogicalType.NUMBER || isWhole(decimal(text)))
                ? value
                : null;
    }

    private @Nullable Object ofDecimal(@Nullable BigDecimal number) {
        if (number == null || (meaning == LogicalType.INTEGER && !isWhole(number))) {
            return null;
        }
        return switch (column) {
            case BIGINT -> Numbers.isBigint(number) ? (Object) number.longValueExact() : null;
            case DOUBLE -> Double.isFinite(number.doubleValue()) ? number.doubleValue() : null;
            default -> number;
        };
    }

    private static boolean isWhole(@Nullable BigDecimal number) {
        return number != null && (number.scale() <= 0 || number.stripTrailingZeros().scale() <= 0);
    }

    private @Nullable Object ofTime(Object value) {
        String text = text(value);
        if (text == null) {
            return null;
        }
        if (temporal == null) {
            return null;
        }
        if (temporal.format() == null) {
            Object plain = ofIso(value, text);
            if (plain != null) {
                return plain;
            }
        }
        Long position = temporal.position(text);
        if (position == null) {
            return null;
        }
        return switch (column) {
            case DATE -> new Day(position, text);
            case TIMESTAMPTZ -> new Timestamp(position, text);
            case TIMESTAMP -> new WallTime(position, text);
            case TIME -> new TimeOfDay(position, text);
            default -> value;
        };
    }

    /** What the reader of values found already, or finds faster than a formatter. */
    private @Nullable Object ofIso(Object value, String text) {
        return switch (column) {
            case DATE -> value instanceof Day ? value : Day.parse(text);
            case TIMESTAMPTZ -> value instanceof Timestamp ? value : Times.parse(text);
            case TIMESTAMP -> {
                // With a zone it was a moment, and the zone would be lost.
                Timestamp shown = value instanceof Timestamp ? null : Times.parse(text + "Z");
                yield shown == null ? null : new WallTime(shown.micros(), text);
            }
            default -> null;
        };
    }
}
