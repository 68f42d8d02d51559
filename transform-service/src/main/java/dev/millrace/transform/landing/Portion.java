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
        int half = records.size() / 2;
        List<ConsumerRecord<byte[], byte[]>> first = records.subList(0, half);
        List<ConsumerRecord<byte[], byte[]>> second = records.subList(half, records.size());
        Map<TopicPartition, Long> firstEnds = new LinkedHashMap<>();
        first.forEach(record -> firstEnds.put(partition(record), record.offset() + 1));
        return List.of(new Portion(first, firstEnds), new Portion(second, ends));
    }

    /** The same in up to three: what is before a record, that record, and what is after it. */
    List<Portion> around(int index) {
        List<Portion> portions = new ArrayList<>();
        for (List<ConsumerRecord<byte[], byte[]>> some :
                List.of(
                        records.subList(0, index),
                        records.subList(index, index + 1),
                        records.subList(index + 1, records.size()))) {
            if (!some.isEmpty()) {
                Map<TopicPartition, Long> someEnds = new LinkedHashMap<>();
                some.forEach(record -> someEnds.put(partition(record), record.offset() + 1));
                portions.add(new Portion(some, someEnds));
            }
        }
        // The last one goes as far as the poll did.
        Portion last = portions.removeLast();
        portions.add(new Portion(last.records(), ends));
        return portions;
    }

    private static TopicPartition partition(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
    }
}
