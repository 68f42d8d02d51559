package dev.millrace.serving.query.export;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The values of one column in a batch, laid out as Arrow has them in memory. */
final class ArrowVector {

    private static final int FIRST_BYTES = 1 << 10;

    /** What a batch that was large may leave behind. */
    private static final int KEPT_BYTES = 1 << 20;

    private static final int DECIMAL_BYTES = 16;

    private final ExportColumn column;
    private final Bytes validity = new Bytes();
    private final Bytes offsets = new Bytes();
    private final Bytes data = new Bytes();
    private int length;
    private int nulls;

    /** Bytes that grow, with numbers in the order that the format wants: the lowest byte first. */
    static final class Bytes {

        private byte[] bytes = new byte[FIRST_BYTES];
        private int size;

        byte[] array() {
            return bytes;
        }

        int size() {
            return size;
        }

        private void room(int more) {
            int needed = Math.addExact(size, more);
            if (needed > bytes.length) {
                long doubled = Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8);
                bytes = Arrays.copyOf(bytes, (int) Math.max(doubled, needed));
            }
        }

        private void number(long value, int width) {
            room(width);
            for (int i = 0; i < width; i++) {
                bytes[size++] = (byte) (value >>> (8 * i));
            }
        }

        private void text(byte[] text) {
            room(text.length);
            System.arraycopy(text, 0, bytes, size, text.length);
            size += text.length;
        }

        private void bit(int index, boolean set) {
            if (index % 8 == 0) {
                room(1);
                bytes[size++] = 0;
            }
            if (set) {
                bytes[index / 8] |= (byte) (1 << (index % 8));
            }
        }

        private void clear() {
            size = 0;
            if (bytes.length > KEPT_BYTES) {
                bytes = new byte[FIRST_BYTES];
            }
        }
    }

    ArrowVector(ExportColumn column) {
        this.column = column;
        clear();
    }

    void add(@Nullable String text) {
        boolean there =
                switch (column.type()) {
                    case ColumnType.Decimal(_, int scale) -> decimal(text, scale);
                    case ColumnType.Plain plain -> plain(plain, text);
                };
        validity.bit(length, there);
        length++;
        nulls += there ? 0 : 1;
    }

    private boolean decimal(@Nullable String text, int scale) {
        BigInteger unscaled = text == null ? null : PostgresText.unscaled(text, scale);
        BigInteger value = unscaled == null ? BigInteger.ZERO : unscaled;
        data.number(value.longValue(), Long.BYTES);
        data.number(value.shiftRight(Long.SIZE).longValue(), DECIMAL_BYTES - Long.BYTES);
        return unscaled != null;
    }

    private boolean plain(ColumnType.Plain type, @Nullable String text) {
        return switch (type) {
            case INT32 -> number(text == null ? null : Long.valueOf(text), Integer.BYTES);
            case INT64 -> number(text == null ? null : Long.valueOf(text), Long.BYTES);
            case FLOAT32 ->
                    number(
                            text == null
                                    ? null
                                    : Long.valueOf(Float.floatToIntBits(Float.parseFloat(text))),
                            Float.BYTES);
            case FLOAT64 ->
                    number(
                            text == null
                                    ? null
                                    : Long.valueOf(
                                            Double.doubleToLongBits(Double.parseDouble(text))),
                            Double.BYTES);
            case BOOLEAN -> {
                data.bit(length, text != null && PostgresText.bool(text));
                yield text != null;
            }
            case DATE -> {
                Integer days = text == null ? null : PostgresText.days(text);
                yield number(days == null ? null : Long.valueOf(days), Integer.BYTES);
            }
            case LOCAL_TIME, INSTANT ->
                    number(text == null ? null : PostgresText.micros(text), Long.BYTES);
            case TEXT -> {
                if (text != null) {
                    String worded = column.wording().apply(text);
                    data.text(worded.getBytes(StandardCharsets.UTF_8));
                }
                offsets.number(data.size(), Integer.BYTES);
                yield text != null;
            }
        };
    }

    private boolean number(@Nullable Long value, int width) {
        data.number(value == null ? 0 : value, width);
        return value != null;
    }

    /** How much it holds. */
    long bytes() {
        return (long) validity.size() + offsets.size() + data.size();
    }

    int nulls() {
        return nulls;
    }

    /** Its buffers, in the format's order. */
    List<Bytes> buffers() {
        return column.type() == ColumnType.Plain.TEXT
                ? List.of(validity, offsets, data)
                : List.of(validity, data);
    }

    void clear() {
        validity.clear();
        offsets.clear();
        data.clear();
        length = 0;
        nulls = 0;
        if (column.type() == ColumnType.Plain.TEXT) {
            offsets.number(0, Integer.BYTES);
        }
    }
}
