package dev.millrace.transform.landing;

import dev.millrace.contracts.project.source.KafkaSource;
import dev.millrace.contracts.project.source.SegmentSource;
import dev.millrace.contracts.project.source.Source;
import dev.millrace.contracts.project.source.StreamSettings;
import dev.millrace.contracts.project.source.Writing;
import dev.millrace.contracts.record.MalformedRecordException;
import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.contracts.record.RecordEnvelope;
import dev.millrace.contracts.record.RecordHeaders;
import dev.millrace.contracts.record.SegmentTables;
import dev.millrace.transform.landing.contract.StreamRules;
import dev.millrace.transform.landing.row.Arrival;
import dev.millrace.transform.landing.row.ChangeLayout;
import dev.millrace.transform.landing.row.ContractViolationException;
import dev.millrace.transform.landing.row.Layout;
import dev.millrace.transform.landing.row.MalformedValueException;
import dev.millrace.transform.landing.row.PlainLayout;
import dev.millrace.transform.landing.row.RowBatch;
import dev.millrace.transform.landing.row.RowCheck;
import dev.millrace.transform.landing.row.SegmentLayout;
import dev.millrace.transform.landing.row.ValueReader;
import dev.millrace.transform.landing.value.Text;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.schema.Relation;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** Reads the records of a poll into rows, in the order of offsets. */
final class BatchReader {

    private static final int MAX_IDENTIFIER = 63;

    private final ValueReader values = new ValueReader();
    private final ChangeRecords changes = new ChangeRecords(values);
    private final Clock clock;

    BatchReader(Clock clock) {
        this.clock = clock;
    }

    /**
     * Reads them all.
     *
     * @param generation how many topics of a record's topic's name there were up to this one
     */
    LandingBatch read(
            List<ConsumerRecord<byte[], byte[]>> records,
            Routes routes,
            ToIntFunction<ConsumerRecord<?, ?>> generation) {
        return read(records, Routing.of(routes, generation));
    }

    /** Reads records of which the routing says what they are. */
    LandingBatch read(List<ConsumerRecord<byte[], byte[]>> records, Routing routing) {
        LandingBatch batch = new LandingBatch(routing.revision(), records);
        Map<Stream, Streamed> layouts = new LinkedHashMap<>();
        Map<Relation, RowBatch> tables = new HashMap<>();
        for (int i = 0; i < records.size(); i++) {
            ConsumerRecord<byte[], byte[]> record = records.get(i);
            switch (routing.route(record)) {
                case Route.Refused _ -> batch.addRefused(i);
                case Route.Segment(SegmentSource source) ->
                        readSegment(batch, routing, layouts, tables, i, record, source);
                case Route.Plain(KafkaSource source, StreamSettings stream) ->
                        readPlain(
                                batch,
                                routing,
                                layouts,
                                i,
                                record,
                                source,
                                stream,
                                routing.generation(record));
                case Route.Unusable(
                                String source,
                                String stream,
                                QuarantineReason reason,
                                String detail) ->
                        batch.reject(new Rejection(i, source, stream, reason, detail, ""));
                case null ->
                        batch.reject(
                                new Rejection(
                                        i,
                                        record.topic(),
                                        "",
                                        QuarantineReason.UNKNOWN_SOURCE,
                                        "no source of revision "
                                                + routing.revision()
                                                + " reads this topic",
                                        ""));
            }
        }
        layouts.forEach(
                (_, streamed) ->
                        streamed.layout()
                                .batches()
                                .forEach(rows -> batch.add(streamed.source(), rows)));
        return batch;
    }

    /** A batch of one record, which goes to quarantine as the database cannot take it. */
    LandingBatch refuse(ConsumerRecord<byte[], byte[]> record, Routes routes, String detail) {
        LandingBatch batch = new LandingBatch(routes.revision(), List.of(record));
        String source = record.topic();
        String stream = "";
        switch (routes.route(record.topic())) {
            case Route.Segment(SegmentSource segment) -> {
                source = segment.name();
                byte[] type = header(record, RecordHeaders.TYPE);
                stream = type == null ? "" : new String(type, StandardCharsets.UTF_8);
            }
            case Route.Plain(KafkaSource kafka, StreamSettings settings) -> {
                source = kafka.name();
                stream = settings.name();
            }
            case Route.Refused _, Route.Unusable _ -> {}
            case null -> {}
        }
        batch.reject(new Rejection(0, source, stream, QuarantineReason.REJECTED, detail, ""));
        return batch;
    }

    /** A stream of a source; the records of one batch may come to it by several topics. */
    private record Stream(String source, String name) {}

    private record Streamed(Source source, Layout layout) {}

    private void readSegment(
            LandingBatch batch,
            Routing routing,
            Map<Stream, Streamed> layouts,
            Map<Relation, RowBatch> tables,
            int index,
            ConsumerRecord<byte[], byte[]> record,
            SegmentSource source) {
        if (record.value() == null) {
            batch.addTombstone();
            return;
        }
        String stream = "";
        try {
            RecordEnvelope envelope = RecordEnvelope.read(name -> header(record, name));
            stream = envelope.stream();
            String table = checked(stream);
            Layout layout =
                    layouts.computeIfAbsent(
                                    new Stream(source.name(), table),
                                    _ ->
                                            new Streamed(
                                                    source,
                                                    new SegmentLayout(
                                                            source.name(),
                                                            table,
                                                            source.stream(table)
                                                                    .map(StreamSettings::eventTime)
                                                                    .orElse(null),
                                                            tables,
                                                            check(routing, source, table))))
                            .layout();
            values.read(
                    record.value(),
                    layout,
                    new Arrival(
                            index,
                            envelope.id(),
                            Times.micros(envelope.time()),
                            Times.micros(envelope.ingestedAt())));
        } catch (ContractViolationException e) {
            batch.reject(violation(index, source.name(), stream, e));
        } catch (MalformedValueException | RuntimeException e) {
            batch.reject(malformed(index, source.name(), stream, e));
        }
    }

    private void readPlain(
            LandingBatch batch,
            Routing routing,
            Map<Stream, Streamed> layouts,
            int index,
            ConsumerRecord<byte[], byte[]> record,
            KafkaSource source,
            StreamSettings stream,
            int generation) {
        if (stream.format() == StreamSettings.Format.DEBEZIUM
                || stream.writing().disposition() == Writing.Disposition.MERGE) {
            readChange(batch, layouts, index, record, source, stream, routing);
            return;
        }
        if (record.value() == null) {
            batch.addTombstone();
            return;
        }
        Layout layout =
                layouts.computeIfAbsent(
                                new Stream(source.name(), stream.name()),
                                _ ->
                                        new Streamed(
                                                source,
                                                new PlainLayout(
                                                        new Relation(source.name(), stream.name()),
                                                        stream.id(),
                                                        stream.eventTime(),
                                                        check(routing, source, stream.name()))))
                        .layout();
        try {
            values.read(record.value(), layout, arrival(index, record, generation));
        } catch (ContractViolationException e) {
            batch.reject(violation(index, source.name(), stream.name(), e));
        } catch (MalformedValueException | RuntimeException e) {
            batch.reject(malformed(index, source.name(), stream.name(), e));
        }
    }

    private void readChange(
            LandingBatch batch,
            Map<Stream, Streamed> layouts,
            int index,
            ConsumerRecord<byte[], byte[]> record,
            KafkaSource source,
            StreamSettings stream,
            Routing routing) {
        int generation = routing.generation(record);
        ChangeLayout layout =
                (ChangeLayout)
                        layouts.computeIfAbsent(
                                        new Stream(source.name(), stream.name()),
                                        _ ->
                                                new Streamed(
                                                        source,
                                                        changes.layout(
                                                                source.name(),
                                                                stream,
                                                                check(
                                                                        routing,
                                                                        source,
                                                                        stream.name()))))
                                .layout();
        try {
            boolean isChange =
                    changes.read(
                            record, layout, stream, arrival(index, record, generation), generation);
            if (!isChange) {
                batch.addTombstone();
            }
        } catch (ContractViolationException e) {
            batch.reject(violation(index, source.name(), stream.name(), e));
        } catch (MalformedValueException | RuntimeException e) {
            batch.reject(malformed(index, source.name(), stream.name(), e));
        }
    }

    private Arrival arrival(int index, ConsumerRecord<?, ?> record, int generation) {
        long at = record.timestamp() < 0 ? clock.millis() : record.timestamp();
        long micros = Math.multiplyExact(at, 1_000L);
        return new Arrival(
                index,
                identity(record.topic(), generation, record.partition(), record.offset()),
                micros,
                micros);
    }

    /** Offsets begin anew in a topic that was made anew; the identities must not. */
    static String identity(String topic, int generation, int partition, long offset) {
        String name = generation > 1 ? topic + "~" + generation : topic;
        return name + "-" + partition + "-" + offset;
    }

    private static String checked(String stream) {
        if (stream.getBytes(StandardCharsets.UTF_8).length > MAX_IDENTIFIER
                || !stream.equals(Text.clean(stream))) {
            throw new MalformedRecordException("the stream is no name of a table: " + stream);
        }
        return SegmentTables.tableOfStream(stream);
    }

    /** What the stream's rows are held to, for one batch; null if it has no contract. */
    private static @Nullable RowCheck check(Routing routing, Source source, String stream) {
        StreamRules rules = routing.rules(new Relation(source.name(), stream));
        return rules == null ? null : rules.newCheck();
    }

    private static Rejection violation(
            int index, String source, String stream, ContractViolationException e) {
        return new Rejection(
                index,
                source,
                stream,
                QuarantineReason.CONTRACT_VIOLATION,
                String.valueOf(e.getMessage()),
                e.column());
    }

    private static Rejection malformed(int index, String source, String stream, Exception e) {
        return new Rejection(
                index,
                source,
                stream,
                QuarantineReason.MALFORMED,
                String.valueOf(e.getMessage()),
                "");
    }

    static byte @Nullable [] header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : header.value();
    }
}
