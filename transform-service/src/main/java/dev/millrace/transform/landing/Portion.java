package dev.millrace.transform.landing;

import dev.millrace.transform.landing.Ledger.Claim;
import dev.millrace.transform.landing.Ledger.Step;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Records that land together, or not, with where they bring each of their partitions.
 *
 * @param records those of a partition stand together, in the order of their offsets
 * @param ends the next offset of each partition after them; also of partitions that moved on
 *     without a record, as over what an aborted transaction wrote
 */
record Portion(List<ConsumerRecord<byte[], byte[]>> records, Map<TopicPartition, Long> ends) {

    /** What a poll brought of the claimed partitions and is not behind where they are already. */
    static Portion of(ConsumerRecords<byte[], byte[]> polled, Map<TopicPartition, Claim> claims) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(polled.count());
        Map<TopicPartition, Long> ends = new LinkedHashMap<>();
        polled.nextOffsets()
                .forEach(
                        (partition, next) -> {
                            Claim claim = claims.get(partition);
                            if (claim != null && next.offset() > claim.nextOffset()) {
                                records.addAll(polled.records(partition));
                                ends.put(partition, next.offset());
                            }
                        });
        return new Portion(records, ends);
    }

    boolean isEmpty() {
        return ends.isEmpty();
    }

    int size() {
        return records.size();
    }

    /** From where to where it brings its partitions. */
    List<Step> steps(Map<TopicPartition, Claim> claims) {
        List<Step> steps = new ArrayList<>();
        ends.forEach(
                (partition, end) ->
                        steps.add(new Step(Objects.requireNonNull(claims.get(partition)), end)));
        return steps;
    }

    /** The same in two, to be landed one after the other. */
    List<Portion> halves() {
        return split(0, records.size() / 2);
    }

    /** The same in up to three: what is before a record, that record, and what is after it. */
    List<Portion> around(int index) {
        return split(0, index, index + 1);
    }

    /** Parts that begin at these places; the last one goes as far as the poll did. */
    private List<Portion> split(int... begins) {
        List<Portion> parts = new ArrayList<>();
        for (int i = 0; i < begins.length; i++) {
            int end = i + 1 < begins.length ? begins[i + 1] : records.size();
            List<ConsumerRecord<byte[], byte[]>> some = records.subList(begins[i], end);
            if (some.isEmpty()) {
                continue;
            }
            if (end == records.size()) {
                parts.add(new Portion(some, ends));
                break;
            }
            Map<TopicPartition, Long> someEnds = new LinkedHashMap<>();
            some.forEach(record -> someEnds.put(partition(record), record.offset() + 1));
            parts.add(new Portion(some, someEnds));
        }
        return parts;
    }

    private static TopicPartition partition(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
    }
}
