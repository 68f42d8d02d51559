package dev.millrace.transform.model.partial;

import org.jspecify.annotations.Nullable;

/** Writes and reads values of one kind, or null. */
interface Codec {

    void write(ValueWriter to, @Nullable Object value);

    @Nullable Object read(ValueReader from);
}
