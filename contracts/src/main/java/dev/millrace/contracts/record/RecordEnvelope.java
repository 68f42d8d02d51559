package dev.millrace.contracts.record;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What the headers of a record say of it. Writing and reading stand side by side so that they
 * cannot drift apart.
 *
 * @param id identity within the source; the same identity again is a duplicate
 * @param source name of the source in the project
 * @param stream name of the stream, from which the table follows
 * @param time when it happened
 * @param ingestedAt when ingestion took it
 * @param operation kind of change ({@code c u d r t}) for change events
 * @param revision revision of the project by which the door worked
 * @param traceParent W3C trace context of the request that brought it
 */
public record RecordEnvelope(
        String id,
        String source,
        String stream,
        Instant time,
        Instant ingestedAt,
        @Nullable String operation,
        @Nullable String revision,
        @Nullable String traceParent) {

    private static final String SPEC_VERSION = "1.0";

    /** The headers in the order in which they are written. */
    public Map<String, byte[]> headers() {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        put(headers, RecordHeaders.SPEC_VERSION, SPEC_VERSION);
        put(headers, RecordHeaders.ID, id);
        put(headers, RecordHeaders.SOURCE, source);
        put(headers, RecordHeaders.TYPE, stream);
        put(headers, RecordHeaders.TIME, time.toString());
        put(headers, RecordHeaders.INGESTED_AT, ingestedAt.toString());
        put(headers, RecordHeaders.OPERATION, operation);
        put(headers, RecordHeaders.REVISION, revision);
        put(headers, RecordHeaders.TRACE_PARENT, traceParent);
        put(headers, RecordHeaders.CONTENT_TYPE, "application/json");
        return headers;
    }

    /**
     * Reads the headers of a record.
     *
     * @param header value of the last header of a name, or null where there is none
     * @throws MalformedRecordException if a required header is missing or a time is no time
     */
    public static RecordEnvelope read(Function<String, byte @Nullable []> header) {
        return new RecordEnvelope(
                required(header, RecordHeaders.ID),
                required(header, RecordHeaders.SOURCE),
                required(header, RecordHeaders.TYPE),
                instant(header, RecordHeaders.TIME),
                instant(header, RecordHeaders.INGESTED_AT),
                text(header, RecordHeaders.OPERATION),
                text(header, RecordHeaders.REVISION),
                text(header, RecordHeaders.TRACE_PARENT));
    }

    private static void put(Map<String, byte[]> headers, String name, @Nullable String value) {
        if (value != null) {
            headers.put(name, value.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String required(Function<String, byte @Nullable []> header, String name) {
        String value = text(header, name);
        if (value == null || value.isEmpty()) {
            throw new MalformedRecordException("the header " + name + " is missing");
        }
        return value;
    }

    private static Instant instant(Function<String, byte @Nullable []> header, String name) {
        String value = required(header, name);
        try {
            return OffsetDateTime.parse(value).toInstant();
        } catch (DateTimeException e) {
            throw new MalformedRecordException("the header " + name + " is no RFC 3339 time", e);
        }
    }

    private static @Nullable String text(Function<String, byte @Nullable []> header, String name) {
        byte[] value = header.apply(name);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }
}
