package dev.millrace.transform.landing;

import dev.millrace.contracts.record.RecordHeaders;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The traces of the requests that brought the records of a batch, each once. */
final class TraceIds {

    private static final int SHOWN = 50;

    /** {@code 00-<32 hexadecimal digits>-<16>-<2>}. */
    private static final int BEGIN = 3;

    private static final int END = 35;

    private final Set<String> ids;

    private TraceIds(Set<String> ids) {
        this.ids = ids;
    }

    static TraceIds of(List<ConsumerRecord<byte[], byte[]>> records) {
        Set<String> ids = new LinkedHashSet<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Header header = record.headers().lastHeader(RecordHeaders.TRACE_PARENT);
            if (header == null || header.value() == null || header.value().length < END) {
                continue;
            }
            ids.add(new String(header.value(), BEGIN, END - BEGIN, StandardCharsets.US_ASCII));
        }
        return new TraceIds(ids);
    }

    Set<String> all() {
        return ids;
    }

    /** The first of them, and how many more there are. */
    @Override
    public String toString() {
        String shown = ids.stream().limit(SHOWN).collect(Collectors.joining(" ", "[", "]"));
        return ids.size() <= SHOWN ? shown : shown + " and " + (ids.size() - SHOWN) + " more";
    }
}
