package dev.millrace.transform.landing;

import dev.millrace.contracts.record.RecordHeaders;
import dev.millrace.transform.quarantine.QuarantinedRecord;
import dev.millrace.transform.quarantine.QuarantinedRecord.Cause;
import dev.millrace.transform.quarantine.QuarantinedRecord.Content;
import dev.millrace.transform.quarantine.QuarantinedRecord.Place;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes of the records of a batch that do not land what quarantine keeps of them. */
final class QuarantineRecords {

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
                    header.key(), value == null ? "" : new String(value, StandardCharsets.UTF_8));
        }
        return new QuarantinedRecord(
                cause,
                new Place(
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        record.timestamp() < 0 ? null : Instant.ofEpochMilli(record.timestamp())),
                new Content(record.key(), headers, record.value()));
    }

    private static String text(ConsumerRecord<?, ?> record, String name) {
        byte[] value = BatchReader.header(record, name);
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }
}
