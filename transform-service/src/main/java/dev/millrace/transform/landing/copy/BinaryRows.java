package dev.millrace.transform.landing.copy;

import dev.millrace.transform.landing.value.Binary;
import dev.millrace.transform.landing.value.Bytes;
import dev.millrace.transform.landing.value.Day;
import dev.millrace.transform.landing.value.Json;
import dev.millrace.transform.landing.value.JsonText;
import dev.millrace.transform.landing.value.TimeOfDay;
import dev.millrace.transform.landing.value.Timestamp;
import dev.millrace.transform.landing.value.Uuid;
import dev.millrace.transform.landing.value.WallTime;
import dev.millrace.transform.landing.value.Written;
import dev.millrace.transform.schema.ColumnType;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/** Encodes rows as {@code COPY … WITH (FORMAT binary)} reads them. */
public final class BinaryRows {

    /** "PGCOPY\n\377\r\n\0", flags, and the length of the header's extension. */
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    private static final long EPOCH_2000_MICROS = 946_684_800_000_000L;
    private static final long EPOCH_2000_DAYS = 10_957;
    private static final int BIGINT_OID = 20;
    private static final int JSONB_VERSION = 1;
    private static final int NULL = -1;
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

    private final Bytes out;

    public BinaryRows(Bytes out) {
        this.out = out;
    }

    public void begin() {
        out.add(HEADER);
    }

    public void beginRow(int columns) {
        out.addShort(columns);
    }

    public void end() {
        out.addShort(-1);
    }

    public void addNull() {
        out.addInt(NULL);
    }

    public void addText(String text) {
        int length = reserveLength();
        out.addUtf8(text);
        setLength(length);
    }

    /** A moment, in microseconds since 1970. */
    public void addTimestamp(long micros) {
        out.addInt(Long.BYTES);
        out.addLong(micros - EPOCH_2000_MICROS);
    }

    /** An array of {@code bigint}, none of which is null. */
    public void addBigints(long[] numbers) {
        int length = reserveLength();
        out.addInt(numbers.length == 0 ? 0 : 1);
        out.addInt(0);
        out.addInt(BIGINT_OID);
        if (numbers.length > 0) {
            out.addInt(numbers.length);
            out.addInt(1);
        }
        for (long number : numbers) {
            out.addInt(Long.BYTES);
            out.addLong(number);
        }
        setLength(length);
    }

    /**
     * A value, for a column whose type {@linkplain ColumnType#holds holds} it.
     *
     * @param value of a row; null for SQL's null
     */
    public void add(ColumnType column, @Nullable Object value) {
        if (value == null) {
            addNull();
            return;
        }
        switch (column) {
            case BIGINT -> {
                out.addInt(Long.BYTES);
                out.addLong(
                        value instanceof BigDecimal number
                                ? number.longValueExact()
                                : (Long) value);
            }
            case NUMERIC -> {
                int length = reserveLength();
                if (value instanceof Long number) {
                    NumericFormat.write(out, number, 0);
                } else {
                    NumericFormat.write(out, (BigDecimal) value);
                }
                setLength(length);
            }
            case BOOLEAN -> {
                out.addInt(1);
                out.addByte((Boolean) value ? 1 : 0);
            }
            case DOUBLE -> {
                out.addInt(Double.BYTES);
                out.addLong(Double.doubleToLongBits((Double) value));
            }
            case TIMESTAMPTZ -> addTimestamp(((Timestamp) value).micros());
            case TIMESTAMP -> addTimestamp(((WallTime) value).micros());
            case DATE -> {
                out.addInt(Integer.BYTES);
                out.addInt(Math.toIntExact(((Day) value).epochDay() - EPOCH_2000_DAYS));
            }
            case TIME -> {
                out.addInt(Long.BYTES);
                out.addLong(((TimeOfDay) value).micros());
            }
            case UUID -> {
                Uuid uuid = (Uuid) value;
                out.addInt(Long.BYTES * 2);
                out.addLong(uuid.most());
                out.addLong(uuid.least());
            }
            case BYTEA -> {
                byte[] bytes = ((Binary) value).bytes();
                out.addInt(bytes.length);
                out.add(bytes);
            }
            case TEXT -> addAsText(value);
            case JSONB -> {
                int length = reserveLength();
                out.addByte(JSONB_VERSION);
                JsonText.value(out, value);
                setLength(length);
            }
            case OTHER -> throw new IllegalArgumentException("landing writes no such column");
        }
    }

    private void addAsText(Object value) {
        // Nearly always; a switch over classes is slower.
        if (value instanceof String text) {
            addText(text);
            return;
        }
        switch (value) {
            case Written written -> addText(written.text());
            case Boolean flag -> {
                byte[] word = flag ? TRUE : FALSE;
                out.addInt(word.length);
                out.add(word);
            }
            case Json json -> {
                out.addInt(json.utf8().length);
                out.add(json.utf8());
            }
            default -> addText(value.toString());
        }
    }

    private int reserveLength() {
        out.addInt(0);
        return out.size();
    }

    private void setLength(int begin) {
        out.setInt(begin - Integer.BYTES, out.size() - begin);
    }
}
