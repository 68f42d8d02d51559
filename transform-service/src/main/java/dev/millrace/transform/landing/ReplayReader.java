package dev.millrace.transform.landing;

import dev.millrace.contracts.project.source.StreamSettings;
import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.contracts.record.RecordHeaders;
import dev.millrace.contracts.topic.Topics;
import dev.millrace.transform.quarantine.ExactJson;
import dev.millrace.transform.quarantine.HeldRecord;
import dev.millrace.transform.quarantine.JsonPatch;
import dev.millrace.transform.quarantine.KeptHeader;
import dev.millrace.transform.quarantine.NoJsonException;
import dev.millrace.transform.quarantine.PatchFailedException;
import dev.millrace.transform.quarantine.QuarantinedRecord.Place;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads records of the quarantine into rows as a poll would have read them, after what mends them.
 * A record keeps its identity, so that it lands once however often it is tried.
 */
final class ReplayReader {

    private final BatchReader reader;

    ReplayReader(BatchReader reader) {
        this.reader = reader;
    }

    /**
     * What mends records.
     *
     * @param stream where they go instead of their own stream
     */
    record Mending(@Nullable JsonPatch patch, @Nullable String stream) {}

    /** Reads them all; those that cannot be mended are rejections of the batch. */
    LandingBatch read(List<HeldRecord> held, Mending mending, Routes routes) {
        ReplayRouting routing = new ReplayRouting(routes);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (HeldRecord record : held) {
            Prepared prepared;
            try {
                prepared = prepare(record, mending, routes);
            } catch (UnmendedException e) {
                prepared = asItIs(record, unusable(record, String.valueOf(e.getMessage())));
            } catch (RuntimeException e) {
                // As when a poll is read: what a record makes fail concerns that record alone.
                prepared = asItIs(record, unusable(record, e.toString()));
            }
            records.add(prepared.record());
            routing.add(prepared.record(), prepared.route(), record.place().generation());
        }
        return reader.read(records, routing);
    }

    /** A batch of records that stay where they are, as the database cannot take them. */
    LandingBatch refuse(List<HeldRecord> held, String detail, Routes routes) {
        LandingBatch batch =
                new LandingBatch(
                        routes.revision(),
                        held.stream().map(record -> asItIs(record, null).record()).toList());
        for (int i = 0; i < held.size(); i++) {
            batch.reject(
                    new Rejection(
                            i,
                            held.get(i).source(),
                            held.get(i).stream(),
                            QuarantineReason.REJECTED,
                            detail,
                            ""));
        }
        return batch;
    }

    private record Prepared(ConsumerRecord<byte[], byte[]> record, @Nullable Route route) {}

    /** A record cannot be what it has to be to land. */
    private static final class UnmendedException extends Exception {
        UnmendedException(@Nullable String message) {
            super(message);
        }
    }

    /** It stays for the reason that it is here for; what is wrong now is in the detail. */
    private static Route unusable(HeldRecord record, String detail) {
        QuarantineReason reason =
                Arrays.stream(QuarantineReason.values())
                        .filter(known -> known.code().equals(record.reason()))
                        .findFirst()
                        .orElse(QuarantineReason.MALFORMED);
        return new Route.Unusable(record.source(), record.stream(), reason, detail);
    }

    private static Prepared asItIs(HeldRecord record, @Nullable Route route) {
        return new Prepared(
                consumed(record, record.content().headers(), record.content().value().orElse(null)),
                route);
    }

    private static Prepared prepare(HeldRecord record, Mending mending, Routes routes)
            throws UnmendedException {
        Route route = routes.route(record.place().topic());
        if (route instanceof Route.Refused) {
            return ofDoor(record, mending, routes);
        }
        List<KeptHeader> headers = record.content().headers();
        String stream = mending.stream();
        if (stream != null && route instanceof Route.Segment) {
            headers = withStream(headers, stream);
        } else if (stream != null && route instanceof Route.Plain plain) {
            route = renamed(plain, stream);
        }
        byte[] value = record.content().value().orElse(null);
        if (mending.patch() != null) {
            value = ExactJson.write(patched(value, mending.patch()));
        }
        return new Prepared(consumed(record, headers, value), route);
    }

    /** Identity and time are where the settings of the other stream say. */
    private static Route renamed(Route.Plain plain, String stream) throws UnmendedException {
        return new Route.Plain(
                plain.source(),
                plain.source().stream(stream)
                        .orElseThrow(
                                () ->
                                        new UnmendedException(
                                                "the source %s has no stream %s; it has %s"
                                                        .formatted(
                                                                plain.source().name(),
                                                                stream,
                                                                plain.source().streams().stream()
                                                                        .map(StreamSettings::name)
                                                                        .toList()))));
    }

    /** What a door refused becomes a record of its source's topic. */
    private static Prepared ofDoor(HeldRecord record, Mending mending, Routes routes)
            throws UnmendedException {
        String source = header(record, RecordHeaders.SOURCE).orElse("");
        if (!(routes.route(Topics.raw(source).name()) instanceof Route.Segment segment)) {
            throw new UnmendedException(
                    "revision %s has no source '%s' with a door"
                            .formatted(routes.revision(), source));
        }
        JsonNode value = patched(record.content().value().orElse(null), mending.patch());
        try {
            RefusedEvent.Completed event =
                    RefusedEvent.complete(
                            value,
                            new RefusedEvent.Circumstances(
                                    source,
                                    header(record, RecordHeaders.TYPE).orElse(null),
                                    identity(record.place()),
                                    receivedAt(record),
                                    header(record, RecordHeaders.REVISION).orElse(null),
                                    header(record, RecordHeaders.TRACE_PARENT).orElse(null)));
            List<KeptHeader> headers = new ArrayList<>();
            event.envelope()
                    .headers()
                    .forEach((name, bytes) -> headers.add(new KeptHeader(name, bytes)));
            String stream = mending.stream();
            return new Prepared(
                    consumed(
                            record,
                            stream == null ? headers : withStream(headers, stream),
                            ExactJson.write(event.value())),
                    segment);
        } catch (RefusedEvent.UnusableException e) {
            throw new UnmendedException(e.getMessage());
        }
    }

    private static JsonNode patched(byte @Nullable [] value, @Nullable JsonPatch patch)
            throws UnmendedException {
        if (value == null) {
            throw new UnmendedException("the record has no value to be patched");
        }
        try {
            JsonNode json = ExactJson.read(value);
            return patch == null ? json : patch.apply(json);
        } catch (NoJsonException | PatchFailedException e) {
            throw new UnmendedException(e.getMessage());
        }
    }

    private static String identity(Place place) {
        return BatchReader.identity(
                place.topic(), place.generation(), place.partition(), place.offset());
    }

    private static Instant receivedAt(HeldRecord record) {
        Instant otherwise = at(record);
        try {
            return header(record, RecordHeaders.INGESTED_AT)
                    .map(text -> OffsetDateTime.parse(text).toInstant())
                    .orElse(otherwise);
        } catch (DateTimeException e) {
            return otherwise;
        }
    }

    /** A record without a time of its own happened when it came here, the same at every attempt. */
    private static Instant at(HeldRecord record) {
        Instant at = record.place().at();
        return at == null ? record.heldSince() : at;
    }

    private static Optional<String> header(HeldRecord record, String name) {
        return record.content().headers().reversed().stream()
                .filter(header -> header.name().equals(name))
                .findFirst()
                .flatMap(KeptHeader::value)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    private static List<KeptHeader> withStream(List<KeptHeader> headers, String stream) {
        List<KeptHeader> renamed = new ArrayList<>(headers);
        renamed.removeIf(header -> header.name().equals(RecordHeaders.TYPE));
        renamed.add(new KeptHeader(RecordHeaders.TYPE, stream.getBytes(StandardCharsets.UTF_8)));
        return renamed;
    }

    private static ConsumerRecord<byte[], byte[]> consumed(
            HeldRecord record, List<KeptHeader> kept, byte @Nullable [] value) {
        org.apache.kafka.common.header.internals.RecordHeaders headers =
                new org.apache.kafka.common.header.internals.RecordHeaders();
        kept.forEach(header -> headers.add(header.name(), header.value().orElse(null)));
        byte[] key = record.content().key().orElse(null);
        return new ConsumerRecord<>(
                record.place().topic(),
                record.place().partition(),
                record.place().offset(),
                at(record).toEpochMilli(),
                TimestampType.CREATE_TIME,
                key == null ? -1 : key.length,
                value == null ? -1 : value.length,
                key,
                value,
                headers,
                Optional.empty());
    }
}
