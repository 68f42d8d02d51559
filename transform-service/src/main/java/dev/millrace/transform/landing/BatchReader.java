package dev.millrace.transform.landing;

import dev.millrace.contracts.project.source.KafkaSource;
import dev.millrace.contracts.project.source.SegmentSource;
import dev.millrace.contracts.project.source.StreamSettings;
import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.contracts.record.RecordHeaders;
import dev.millrace.transform.landing.row.ValueReader;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.function.ToIntFunction;

/** Reads the records of a poll into rows, in the order of offsets. For one thread. */
final class BatchReader {

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
        BatchReading reading = new BatchReading(values, changes, clock, routing, records);
        for (int i = 0; i < records.size(); i++) {
            reading.read(i);
        }
        return reading.end();
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
                if (settings.isOfLoads()) {
                    BatchReading.noteLoad(batch, 0, record, kafka, settings);
                }
            }
            case Route.Refused _, Route.Unusable _ -> {}
            case null -> {}
        }
        batch.reject(new Rejection(0, source, stream, QuarantineReason.REJECTED, detail, ""));
        return batch;
    }

    /** Offsets begin anew in a topic that was made anew; the identities must not. */
    static String identity(String topic, int generation, int partition, long offset) {
        String name = generation > 1 ? topic + "~" + generation : topic;
        return name + "-" + partition + "-" + offset;
    }

    static byte @Nullable [] header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : header.value();
    }
}
