package dev.millrace.ingestion.tracking;

import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.contracts.record.RecordEnvelope;
import dev.millrace.contracts.record.RecordHeaders;
import dev.millrace.contracts.topic.Topics;
import dev.millrace.ingestion.payload.Json;
import dev.millrace.ingestion.payload.JsonWriter;
import dev.millrace.ingestion.source.OutgoingRecord;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes records of one request's events, after what the source's rules leave of personal data. */
final class TrackingRecords {

    private static final List<String> KEYS = List.of("userId", "anonymousId");

    /** What a batch says of all its events. */
    private static final Set<String> SHARED = Set.of("context", "integrations", "sentAt");

    private final SegmentSources.Entry door;
    private final StoredForm form;
    private final Instant receivedAt;
    private final @Nullable String traceParent;

    TrackingRecords(SegmentSources.Entry door, Instant receivedAt, @Nullable String traceParent) {
        this.door = door;
        this.form = new StoredForm(door.personalData());
        this.receivedAt = receivedAt;
        this.traceParent = traceParent;
    }

    OutgoingRecord accepted(Event event) {
        Json payload = form.of(event.payload());
        RecordEnvelope envelope =
                new RecordEnvelope(
                        event.messageId(),
                        door.source().name(),
                        event.stream(),
                        event.time(),
                        receivedAt,
                        null,
                        door.revision(),
                        traceParent);
        return new OutgoingRecord(
                Topics.raw(door.source().name()).name(),
                utf8(key(payload, event.messageId())),
                JsonWriter.bytes(payload),
                envelope.headers());
    }

    /** A refused event, by the bytes it came as unless rules change them. */
    OutgoingRecord quarantined(
            byte[] body, ParsedBody.Item item, EventReader reader, RefusedEventException refusal) {
        Map<String, byte[]> headers = headers(refusal.reason(), refusal.detail());
        EventReader.messageIdOf(item.value())
                .ifPresent(id -> headers.put(RecordHeaders.ID, utf8(id)));
        Optional<String> stream = reader.streamOf(item.value());
        stream.ifPresent(name -> headers.put(RecordHeaders.TYPE, utf8(name)));
        return quarantine(form.of(body, item), headers);
    }

    /** Items that are more than a batch may have, kept together. */
    OutgoingRecord quarantined(
            byte[] body, ParsedBody.Excess excess, RefusedEventException refusal) {
        return quarantine(
                form.together(body, excess.start(), excess.end()),
                headers(refusal.reason(), refusal.detail()));
    }

    /** A batch as a whole, with what it gives to each of its events. */
    OutgoingRecord quarantined(byte[] body, ParsedBody batch, RefusedEventException refusal) {
        Map<String, Json> shared = new LinkedHashMap<>(batch.envelope().fields());
        shared.keySet().retainAll(SHARED);
        int end = batch.excess() == null ? batch.items().getLast().end() : batch.excess().end();
        return quarantine(
                form.batch(body, new Json.Struct(shared), batch.items().getFirst().start(), end),
                headers(refusal.reason(), refusal.detail()));
    }

    /** A record that is too large for its topic. */
    OutgoingRecord quarantined(OutgoingRecord tooLarge) {
        Map<String, byte[]> headers = new LinkedHashMap<>(tooLarge.headers());
        headers.putAll(
                headers(
                        QuarantineReason.TOO_LARGE,
                        "Kafka does not take a record of " + tooLarge.value().length + " bytes"));
        return quarantine(tooLarge.value(), headers);
    }

    /** The same record with the beginning of its value only, which fits where it did not. */
    static OutgoingRecord excerpt(OutgoingRecord record) {
        byte[] value = record.value();
        Map<String, Json> excerpt = new LinkedHashMap<>();
        excerpt.put("bytes", new Json.Numeral(Integer.toString(value.length)));
        excerpt.put(
                "beginning",
                new Json.Text(
                        new String(
                                value,
                                0,
                                Math.min(value.length, Limits.EXCERPT_BYTES),
                                StandardCharsets.UTF_8)));
        return new OutgoingRecord(
                record.topic(),
                record.key(),
                JsonWriter.bytes(new Json.Struct(excerpt)),
                record.headers());
    }

    private OutgoingRecord quarantine(byte[] value, Map<String, byte[]> headers) {
        return new OutgoingRecord(
                Topics.QUARANTINE.name(), utf8(door.source().name()), value, headers);
    }

    private Map<String, byte[]> headers(QuarantineReason reason, String detail) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put(RecordHeaders.SOURCE, utf8(door.source().name()));
        headers.put(RecordHeaders.REASON, utf8(reason.code()));
        headers.put(RecordHeaders.DETAIL, utf8(detail));
        headers.put(RecordHeaders.INGESTED_AT, utf8(receivedAt.toString()));
        headers.put(RecordHeaders.REVISION, utf8(door.revision()));
        headers.put(RecordHeaders.CONTENT_TYPE, utf8("application/json"));
        if (traceParent != null) {
            headers.put(RecordHeaders.TRACE_PARENT, utf8(traceParent));
        }
        return headers;
    }

    /** Keeps a user's events in order; by what is stored of the user, not by what was sent. */
    private static String key(Json payload, String messageId) {
        if (payload instanceof Json.Struct struct) {
            for (String name : KEYS) {
                if (struct.value(name) instanceof Json.Text text) {
                    return text.value();
                }
            }
        }
        return messageId;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
