package dev.millrace.transform.quarantine;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A record that could not go where it was meant to go, as it came, and why. */
public final class QuarantinedRecord {

    private final Cause cause;
    private final Place place;
    private final Content content;

    public QuarantinedRecord(Cause cause, Place place, Content content) {
        this.cause = cause;
        this.place = place;
        this.content = content;
    }

    /**
     * Why it is here.
     *
     * @param reason code of a {@code QuarantineReason}
     * @param detail what exactly was wrong
     * @param column the column that a value did not fit; empty where it is not about one
     */
    public record Cause(
            String source, String stream, String reason, String detail, String column) {}

    /** Where it stands in Kafka, and since when. */
    public record Place(String topic, int partition, long offset, @Nullable Instant at) {}

    /** Key, headers and value as they came. */
    public static final class Content {
        private final byte @Nullable [] key;
        private final Map<String, String> headers;
        private final byte @Nullable [] value;

        public Content(
                byte @Nullable [] key, Map<String, String> headers, byte @Nullable [] value) {
            this.key = key;
            this.headers = Map.copyOf(headers);
            this.value = value;
        }
    }

    public Cause cause() {
        return cause;
    }

    Place place() {
        return place;
    }

    Optional<byte[]> key() {
        return Optional.ofNullable(content.key);
    }

    Map<String, String> headers() {
        return content.headers;
    }

    Optional<byte[]> value() {
        return Optional.ofNullable(content.value);
    }
}
