package dev.millrace.transform.landing.row;

import dev.millrace.transform.landing.value.Binary;
import dev.millrace.transform.landing.value.Day;
import dev.millrace.transform.landing.value.Json;
import dev.millrace.transform.landing.value.TimeOfDay;
import dev.millrace.transform.landing.value.Timestamp;
import dev.millrace.transform.landing.value.Uuid;
import dev.millrace.transform.landing.value.WallTime;
import dev.millrace.transform.schema.ColumnType;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.Objects;

/** A row to be, with only the values that it has, as a wide table's rows have few. */
public final class Row {

    private final int record;
    private final String id;
    private final long eventAt;
    private final long ingestedAt;
    private final int[] slots;
    private final Object[] values;
    private final @Nullable Change change;

    /**
     * @param slots for each value the column of the batch that it is for
     * @param values each of a class that {@link #typeOf} knows
     */
    Row(
            int record,
            String id,
            long eventAt,
            long ingestedAt,
            int[] slots,
            Object[] values,
            @Nullable Change change) {
        this.record = record;
        this.id = id;
        this.eventAt = eventAt;
        this.ingestedAt = ingestedAt;
        this.slots = slots;
        this.values = values;
        this.change = change;
    }

    /** Which record of the poll it came from. */
    public int record() {
        return record;
    }

    /** Identity; the same in one table is the same row. */
    public String id() {
        return id;
    }

    /** When it happened, in microseconds since 1970. */
    public long eventAt() {
        return eventAt;
    }

    /** When it was taken, in microseconds since 1970. */
    public long ingestedAt() {
        return ingestedAt;
    }

    /** What it does to the row of its key, in a stream of changes. */
    public Change change() {
        return Objects.requireNonNull(change);
    }

    /** Whether it takes away rows of whichever keys. */
    public boolean isTruncate() {
        return change != null && change.operation() == Operation.TRUNCATE;
    }

    /** How many values it has. */
    public int size() {
        return slots.length;
    }

    /** The column of the batch that a value is for. */
    public int slot(int index) {
        return slots[index];
    }

    public Object value(int index) {
        return values[index];
    }

    /** The type that holds a value of a row, and as little else as possible. */
    public static ColumnType typeOf(Object value) {
        // Asked for each value of each row: the most frequent first.
        if (value instanceof String) {
            return ColumnType.TEXT;
        }
        if (value instanceof Long) {
            return ColumnType.BIGINT;
        }
        if (value instanceof BigDecimal) {
            return ColumnType.NUMERIC;
        }
        if (value instanceof Timestamp) {
            return ColumnType.TIMESTAMPTZ;
        }
        return switch (value) {
            case Boolean _ -> ColumnType.BOOLEAN;
            case Json _ -> ColumnType.JSONB;
            case Day _ -> ColumnType.DATE;
            case Uuid _ -> ColumnType.UUID;
            case Double _ -> ColumnType.DOUBLE;
            case WallTime _ -> ColumnType.TIMESTAMP;
            case TimeOfDay _ -> ColumnType.TIME;
            case Binary _ -> ColumnType.BYTEA;
            default -> throw new IllegalArgumentException("no value of a row: " + value.getClass());
        };
    }
}
