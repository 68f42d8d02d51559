package dev.millrace.transform.landing;

import dev.millrace.contracts.record.RecordHeaders;
import dev.millrace.transform.landing.value.Text;
import dev.millrace.transform.quarantine.QuarantinedRecord;
import dev.millrace.transform.quarantine.QuarantinedRecord.Cause;
import dev.millrace.transform.quarantine.QuarantinedRecord.Content;
import dev.millrace.transform.quarantine.QuarantinedRecord.Place;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes of the records of a batch that do not land what quarantine keeps of them. */
final class QuarantineRecords {

    private static final long END_OF_FOUR_DIGIT_YEARS =
            Instant.parse("9999-12-31T23:59:59Z").toEpochMilli();

    private QuarantineRecords() {}

    static List<QuarantinedRecord> of(LandingBatch batch) {
        List<QuarantinedRecord> records = new ArrayList<>();
        for (Rejection rejection : batch.rejections()) {
            records.add(
                    quarantined(
                            batch.records().get(rejection.record()),
                            new Cause(
                                    rejection.source(),
                                    rejection.stream(),
                                    rejection.reason().code(),
                                    rejection.detail(),
                                    rejection.column())));
        }
        for (int refused : batch.refused()) {
            ConsumerRecord<byte[], byte[]> record = batch.records().get(refused);
            records.add(
                    quarantined(
                            record,
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
            ConsumerRecord<byte[], byte[]> record, Cause cause) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            byte[] value = header.value();
            headers.put(
                    Text.clean(header.key()),
                    value == null ? "" : Text.clean(new String(value, StandardCharsets.UTF_8)));
        }
        return new QuarantinedRecord(
                clean(cause),
                new Place(record.topic(), record.partition(), record.offset(), at(record)),
                new Content(record.key(), headers, record.value()));
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
                Text.clean(cause.column()));
    }
}
