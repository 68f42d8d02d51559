package dev.millrace.transform.quarantine;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
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
     * Why it is here. Whoever sends records has a say in these texts, so that they are bounded.
     *
     * @param reason code of a {@code QuarantineReason}
     * @param detail what exactly was wrong
     * @param column the column that a value did not fit; empty where it is not about one
     * @param waitsFor proposals that have to be decided on first, by their ids
     */
    public record Cause(
            String source,
            String stream,
            String reason,
            String detail,
            String column,
            List<Long> waitsFor) {

        private static final int LONGEST_DETAIL = 1_000;

        /** Three of them have to fit into an entry of an index. */
        private static final int LONGEST_NAME = 200;

        public Cause {
            source = bounded(source, LONGEST_NAME);
            stream = bounded(stream, LONGEST_NAME);
            reason = bounded(reason, LONGEST_NAME);
            detail = bounded(detail, LONGEST_DETAIL);
            column = bounded(column, LONGEST_NAME);
            waitsFor = List.copyOf(waitsFor);
        }

        /** What is wrong with a record that waits for nothing. */
        public Cause(String source, String stream, String reason, String detail, String column) {
            this(source, stream, reason, detail, column, List.of());
        }

        private static String bounded(String text, int length) {
            if (text.length() <= length) {
                return text;
            }
            int end = length - 1;
            // Half a surrogate pair is no text.
            if (Character.isHighSurrogate(text.charAt(end - 1))) {
                end--;
            }
            return text.substring(0, end) + "…";
        }
    }

    /**
     * Where it stands in Kafka, and since when.
     *
     * @param generation how many topics of that name there were up to this one
     */
    public record Place(
            String topic, int generation, int partition, long offset, @Nullable Instant at) {}

    /** Key, headers and value as they came. */
    public static final class Content {
        private final byte @Nullable [] key;
        private final List<KeptHeader> headers;
        private final byte @Nullable [] value;

        public Content(byte @Nullable [] key, List<KeptHeader> headers, byte @Nullable [] value) {
            this.key = key;
            this.headers = List.copyOf(headers);
            this.value = value;
        }

        public Optional<byte[]> key() {
            return Optional.ofNullable(key);
        }

        public List<KeptHeader> headers() {
            return headers;
        }

        public Optional<byte[]> value() {
            return Optional.ofNullable(value);
        }
    }

    public Cause cause() {
        return cause;
    }

    public Place place() {
        return place;
    }

    public Content content() {
        return content;
    }
}
