package dev.millrace.transform.landing;

import dev.millrace.contracts.project.source.KafkaSource;
import dev.millrace.contracts.project.source.SegmentSource;
import dev.millrace.contracts.project.source.Source;
import dev.millrace.contracts.project.source.StreamSettings;
import dev.millrace.contracts.record.MalformedRecordException;
import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.contracts.record.RecordEnvelope;
import dev.millrace.contracts.record.SegmentTables;
import dev.millrace.transform.landing.contract.StreamRules;
import dev.millrace.transform.landing.load.Load;
import dev.millrace.transform.landing.load.LoadHeaders;
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
import dev.millrace.transform.schema.TableKind;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** One batch while it is read. */
final class BatchReading {

    private static final int MAX_IDENTIFIER = 63;

    private final ValueReader values;
    private final ChangeRecords changes;
    private final Clock clock;
    private final Routing routing;
    private final List<ConsumerRecord<byte[], byte[]>> records;
    private final LandingBatch batch;
    private final Map<Stream, Streamed> layouts = new LinkedHashMap<>();
    private final Map<Relation, RowBatch> tables = new HashMap<>();

    /** Records of one stream mostly follow each other. */
    private @Nullable Streamed last;

    BatchReading(
            ValueReader values,
            ChangeRecords changes,
            Clock clock,
            Routing routing,
            List<ConsumerRecord<byte[], byte[]>> records) {
        this.values = values;
        this.changes = changes;
        this.clock = clock;
        this.routing = routing;
        this.records = records;
        this.batch = new LandingBatch(routing.revision(), records);
    }

    /** A stream of a source; the records of one batch may come to it by several topics. */
    private record Stream(String source, String name) {}

    private record Streamed(Source source, String name, Layout layout) {}

    /** Reads the record at a place in the batch into rows, or rejects it. */
    void read(int index) {
        ConsumerRecord<byte[], byte[]> record = records.get(index);
        switch (routing.route(record)) {
            case Route.Refused _ -> batch.addRefused(index);
            case Route.Segment(SegmentSource source) -> readSegment(index, record, source);
            case Route.Plain(KafkaSource source, StreamSettings stream) ->
                    readPlain(index, record, source, stream);
            case Route.Unusable(
                            String source,
                            String stream,
                            QuarantineReason reason,
                            String detail) ->
                    batch.reject(new Rejection(index, source, stream, reason, detail, ""));
            case null ->
                    batch.reject(
                            new Rejection(
                                    index,
                                    record.topic(),
                                    "",
                                    QuarantineReason.UNKNOWN_SOURCE,
                                    "no source of revision "
                                            + routing.revision()
                                            + " reads this topic",
                                    ""));
        }
    }

    /** The batch, with the rows of all that was read. */
    LandingBatch end() {
        layouts.forEach(
                (_, streamed) ->
                        streamed.layout()
                                .batches()
                                .forEach(rows -> batch.add(streamed.source(), rows)));
        return batch;
    }

    private void readSegment(
            int index, ConsumerRecord<byte[], byte[]> record, SegmentSource source) {
        if (record.value() == null) {
            batch.addTombstone();
            return;
        }
        String stream = "";
        try {
            RecordEnvelope envelope = RecordEnvelope.read(name -> BatchReader.header(record, name));
            stream = envelope.stream();
            String table = checked(stream);
            Layout layout = layout(source, table, () -> segmentLayout(source, table));
            values.read(
                    record.value(),
                    layout,
                    new Arrival(
                            index,
                            envelope::id,
                            Times.micros(envelope.time()),
                            Times.micros(envelope.ingestedAt())));
        } catch (MalformedValueException | ContractViolationException | RuntimeException e) {
            reject(index, source, stream, e);
        }
    }

    private void readPlain(
            int index,
            ConsumerRecord<byte[], byte[]> record,
            KafkaSource source,
            StreamSettings stream) {
        if (stream.isOfLoads()) {
            readOfLoad(index, record, source, stream);
            return;
        }
        boolean isChange = stream.isOfChanges();
        if (!isChange && record.value() == null) {
            batch.addTombstone();
            return;
        }
        try {
            Arrival arrival = arrival(index, record);
            if (!isChange) {
                values.read(
                        record.value(),
                        layout(source, stream.name(), () -> plainLayout(source, stream)),
                        arrival);
                return;
            }
            Layout layout = layout(source, stream.name(), () -> changeLayout(source, stream));
            if (!changes.read(
                    record, (ChangeLayout) layout, stream, arrival, routing.generation(record))) {
                batch.addTombstone();
            }
        } catch (MalformedValueException | ContractViolationException | RuntimeException e) {
            reject(index, source, stream.name(), e);
        }
    }

    private void readOfLoad(
            int index,
            ConsumerRecord<byte[], byte[]> record,
            KafkaSource source,
            StreamSettings stream) {
        try {
            String load = noteLoad(batch, index, record, source, stream);
            if (record.value() == null) {
                batch.addTombstone();
                return;
            }
            Layout layout = layout(source, stream.name(), () -> plainLayout(source, stream));
            ((PlainLayout) layout).beginLoad(load);
            values.read(record.value(), layout, arrival(index, record));
        } catch (MalformedValueException | ContractViolationException | RuntimeException e) {
            reject(index, source, stream.name(), e);
        }
    }

    /** Notes a record for its load, whatever becomes of it, and what it tells of that. */
    static String noteLoad(
            LandingBatch batch,
            int index,
            ConsumerRecord<byte[], byte[]> record,
            KafkaSource source,
            StreamSettings stream) {
        String name = LoadHeaders.load(header -> BatchReader.header(record, header));
        Load load = new Load(new Relation(source.name(), stream.name()), name);
        if (record.value() != null) {
            batch.loads().add(load, index);
        }
        Long count = LoadHeaders.count(header -> BatchReader.header(record, header));
        if (count != null) {
            batch.loads().expect(load, count);
        }
        return name;
    }

    private Layout layout(Source source, String name, Supplier<Layout> made) {
        Streamed streamed = last;
        if (streamed == null || streamed.source() != source || !streamed.name().equals(name)) {
            streamed =
                    layouts.computeIfAbsent(
                            new Stream(source.name(), name),
                            _ -> new Streamed(source, name, made.get()));
            last = streamed;
        }
        return streamed.layout();
    }

    private Layout segmentLayout(SegmentSource source, String table) {
        return new SegmentLayout(
                source.name(),
                table,
                source.stream(table).map(StreamSettings::eventTime).orElse(null),
                tables,
                check(source, table));
    }

    private Layout plainLayout(KafkaSource source, StreamSettings stream) {
        return new PlainLayout(
                new Relation(source.name(), stream.name()),
                stream.isOfLoads() ? TableKind.REPLACED : TableKind.APPENDED,
                stream.id(),
                stream.eventTime(),
                check(source, stream.name()));
    }

    private Layout changeLayout(KafkaSource source, StreamSettings stream) {
        return changes.layout(source.name(), stream, check(source, stream.name()));
    }

    private Arrival arrival(int index, ConsumerRecord<byte[], byte[]> record) {
        long at = record.timestamp() < 0 ? clock.millis() : record.timestamp();
        long micros = Math.multiplyExact(at, 1_000L);
        return new Arrival(
                index,
                () ->
                        BatchReader.identity(
                                record.topic(),
                                routing.generation(record),
                                record.partition(),
                                record.offset()),
                micros,
                micros);
    }

    private static String checked(String stream) {
        if (stream.getBytes(StandardCharsets.UTF_8).length > MAX_IDENTIFIER
                || !stream.equals(Text.clean(stream))) {
            throw new MalformedRecordException("the stream is no name of a table: " + stream);
        }
        return SegmentTables.tableOfStream(stream);
    }

    /** What the stream's rows are held to, for one batch; null if it has no contract. */
    private @Nullable RowCheck check(Source source, String stream) {
        StreamRules rules = routing.rules(new Relation(source.name(), stream));
        return rules == null ? null : rules.newCheck();
    }

    private void reject(int index, Source source, String stream, Exception e) {
        QuarantineReason reason = QuarantineReason.MALFORMED;
        String column = "";
        if (e instanceof ContractViolationException violation) {
            reason = QuarantineReason.CONTRACT_VIOLATION;
            column = violation.column();
        }
        batch.reject(
                new Rejection(
                        index,
                        source.name(),
                        stream,
                        reason,
                        String.valueOf(e.getMessage()),
                        column));
    }
}
