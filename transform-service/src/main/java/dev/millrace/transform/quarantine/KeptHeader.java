package dev.millrace.transform.quarantine;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/** A header of a record by its own bytes; a record may have several of one name. */
public final class KeptHeader {

    private final String name;
    private final byte @Nullable [] value;

    public KeptHeader(String name, byte @Nullable [] value) {
        this.name = name;
        this.value = value;
    }

    public String name() {
        return name;
    }

    public Optional<byte[]> value() {
        return Optional.ofNullable(value);
    }
}
