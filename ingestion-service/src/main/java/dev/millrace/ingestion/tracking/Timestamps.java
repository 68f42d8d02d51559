package dev.millrace.ingestion.tracking;

import dev.millrace.contracts.record.ClientTimes;
import dev.millrace.ingestion.payload.Json;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Optional;

/** The times of an event, in the forms that clients write them. */
final class Timestamps {

    private Timestamps() {}

    /** Reads a time: ISO 8601 in its many forms, RFC 1123, or seconds or less since 1970. */
    static Optional<Instant> read(@Nullable Json value) {
        return switch (value) {
            case Json.Text text -> ClientTimes.ofText(text.value());
            case Json.Numeral numeral -> ClientTimes.ofEpoch(numeral.digits());
            case null, default -> Optional.empty();
        };
    }
}
