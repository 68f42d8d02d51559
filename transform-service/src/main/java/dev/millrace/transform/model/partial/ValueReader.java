package dev.millrace.transform.model.partial;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Reads what {@link ValueWriter} wrote. Each size is compared with what is left before anything of
 * that size is made.
 */
final class ValueReader {

    /** Tags of a value that may be none, or have been written before. */
    static final int NULL = 0;

    static final int FIRST_TIME = 1;
    static final int AGAIN = 2;

    /** Room that is made for values before the first of them was read. */
    static final int BELIEVED = 1_000;

    private static final int MORE = 0x80;
    private static final int SEVEN_BITS = 0x7f;
    private static final int SHIFT = 7;

    private final List<String> texts = new ArrayList<>();
    private final List<Object> shared = new ArrayList<>();
    private final byte[] bytes;
    private int at;

    ValueReader(byte[] bytes, int from) {
        this.bytes = bytes;
        this.at = from;
    }

    int octet() {
        if (at >= bytes.length) {
            throw new DamagedException("it ends too early");
        }
        return bytes[at++];
    }

    long number() {
        long left = 0;
        for (int shift = 0; shift < Long.SIZE; shift += SHIFT) {
            int next = octet();
            left |= (long) (next & SEVEN_BITS) << shift;
            if ((next & MORE) == 0) {
                return (left >>> 1) ^ -(left & 1);
            }
        }
        throw new DamagedException("a number has no end");
    }

    /** How many there are of what follows; each takes a byte at least. */
    int count() {
        long count = number();
        if (count < 0 || count > bytes.length - at) {
            throw new DamagedException("there are not " + count + " of what follows");
        }
        return (int) count;
    }

    String text() {
        long known = number();
        if (known != 0) {
            return texts.get(index(known - 1, texts));
        }
        int length = count();
        String text = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        texts.add(text);
        return text;
    }

    @Nullable Object shared(Supplier<Object> value) {
        int tag = octet();
        if (tag == NULL) {
            return null;
        }
        if (tag == FIRST_TIME) {
            Object first = value.get();
            shared.add(first);
            return first;
        }
        if (tag != AGAIN) {
            throw new DamagedException("there is no value with the tag " + tag);
        }
        return shared.get(index(number(), shared));
    }

    private static int index(long index, List<?> of) {
        if (index < 0 || index >= of.size()) {
            throw new DamagedException("nothing has the number " + index);
        }
        return (int) index;
    }
}
