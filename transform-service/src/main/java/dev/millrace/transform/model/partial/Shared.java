package dev.millrace.transform.model.partial;

import org.jspecify.annotations.Nullable;

import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Values of which many are the same: each is written and read once. They are the same object
 * afterwards.
 *
 * @param write writes a value that is not null
 */
record Shared(BiConsumer<ValueWriter, Object> write, Function<ValueReader, Object> read)
        implements Codec {

    @Override
    public void write(ValueWriter to, @Nullable Object value) {
        if (value == null) {
            to.octet(ValueReader.NULL);
        } else {
            to.shared(() -> write.accept(to, value));
        }
    }

    @Override
    public @Nullable Object read(ValueReader from) {
        return from.shared(() -> read.apply(from));
    }
}
