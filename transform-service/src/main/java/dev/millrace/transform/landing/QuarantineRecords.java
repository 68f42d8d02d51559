package dev.millrace.transform.landing;

import dev.millrace.contracts.record.RecordHeaders;
import dev.millrace.transform.landing.value.Text;
import dev.millrace.transform.quarantine.KeptHeader;
import dev.millrace.transform.quarantine.QuarantinedRecord;
import dev.millrace.transform.quarantine.QuarantinedRecord.Cause;
import dev.millrace.transform.quarantine.QuarantinedRecord.Content;
import dev.millrace.transform.quarantine.QuarantinedRecord.Place;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes of the records of a batch that do not land what quarantine keeps of them. */
final class QuarantineRecords {

    private static final long END_OF_FOUR_DIGIT_YEARS =
            Instant.parse("9999-12-31T23:59:59Z").toEpochMilli();

    private QuarantineRecords() {}

    /**
     * All of a poll.
     *
     * @param generations how many topics of a partition's topic's name there were up to this one
     */
    static List<QuarantinedRecord> of(
            LandingBatch batch, Map<TopicPartition, Integer> generations) {
        List<QuarantinedRecord> records = new ArrayList<>();
        for (Rejection rejection : batch.rejections()) {
            records.add(
                    quarantined(
                            batch.records().get(rejection.record()),
                            generations,
                            cause(rejection)));
        }
        for (int refused : batch.refused()) {
            ConsumerRecord<byte[], byte[]> record = batch.records().get(refused);
            records.add(
                    quarantined(
                            record,
                            generations,
                            new Cause(
                                    text(record, RecordHeaders.SOURCE),
                                    text(record, RecordHeaders.TYPE),
                                    text(record, RecordHeaders.REASON),
                                    text(record, RecordHeaders.DETAIL),
                                    "")));
        }
        return records;
    }

    private static QuarantinedRecord quarantined(
            ConsumerRecord<byte[], byte[]> record,
            Map<TopicPartition, Integer> generations,
            Cause cause) {
        List<KeptHeader> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new KeptHeader(header.key(), header.value()));
        }
        int generation =
                generations.getOrDefault(new TopicPartition(record.topic(), record.partition()), 1);
        return new QuarantinedRecord(
                clean(cause),
                new Place(
                        record.topic(),
                        generation,
                        record.partition(),
                        record.offset(),
                        at(record)),
                new Content(record.key(), headers, record.value()));
    }

    /** Why a record does not land, in texts that PostgreSQL can hold. */
    static Cause cause(Rejection rejection) {
        return clean(
                new Cause(
                        rejection.source(),
                        rejection.stream(),
                        rejection.reason().code(),
                        rejection.detail(),
                        rejection.column(),
                        rejection.waitsFor()));
    }

    private static String text(ConsumerRecord<?, ?> record, String name) {
        byte[] value = BatchReader.header(record, name);
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    /** A producer sets it as it likes, also beyond all calendars: that is no time then. */
    private static @Nullable Instant at(ConsumerRecord<?, ?> record) {
        long millis = record.timestamp();
        return millis < 0 || millis >= END_OF_FOUR_DIGIT_YEARS
                ? null
                : Instant.ofEpochMilli(millis);
    }

    /** What stands there is for people: what PostgreSQL cannot hold is replaced. */
    private static Cause clean(Cause cause) {
        return new Cause(
                Text.clean(cause.source()),
                Text.clean(cause.stream()),
                Text.clean(cause.reason()),
                Text.clean(cause.detail()),
                Text.clean(cause.column()),
                cause.waitsFor());
    }
}
