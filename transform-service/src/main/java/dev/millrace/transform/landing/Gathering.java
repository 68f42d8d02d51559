package dev.millrace.transform.landing;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * Makes one large poll of several small ones. A consumer unpacks as many records as it may return
 * at once: a few kilobytes, well packed, could be more than there is memory for.
 */
final class Gathering {

    /** So many of the largest records that brokers take by default, 1 MB each, fit into memory. */
    static final int RECORDS_OF_A_POLL = 100;

    private static final long MOST_BYTES = 32L << 20;

    private final int maxRecords;

    /**
     * @param maxRecords how many records are gathered at most
     */
    Gathering(int maxRecords) {
        this.maxRecords = maxRecords;
    }

    /**
     * Polls until there are records enough, or no more right now.
     *
     * @param patience how long to wait for the first ones
     * @param assignments changes when partitions come or go
     * @return null if they did in the middle: then what was gathered is not to be used, and the
     *     consumer is to go back
     */
    @Nullable ConsumerRecords<byte[], byte[]> poll(
            Consumer<byte[], byte[]> consumer, Duration patience, IntSupplier assignments) {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(patience);
        if (polled.count() < RECORDS_OF_A_POLL) {
            return polled;
        }
        int before = assignments.getAsInt();
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new LinkedHashMap<>();
        Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
        int count = 0;
        long bytes = 0;
        while (!polled.nextOffsets().isEmpty()) {
            bytes += add(polled, records);
            ends.putAll(polled.nextOffsets());
            count += polled.count();
            if (count >= maxRecords || bytes >= MOST_BYTES) {
                break;
            }
            try {
                polled = consumer.poll(Duration.ZERO);
            } catch (OffsetOutOfRangeException e) {
                // The next poll says so again, and what is here lands before.
                break;
            }
            if (assignments.getAsInt() != before) {
                return null;
            }
        }
        return new ConsumerRecords<>(records, ends);
    }

    private static long add(
            ConsumerRecords<byte[], byte[]> polled,
            Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records) {
        long bytes = 0;
        for (TopicPartition partition : polled.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> added = polled.records(partition);
            records.computeIfAbsent(partition, _ -> new ArrayList<>()).addAll(added);
            for (ConsumerRecord<byte[], byte[]> record : added) {
                bytes += Math.max(0, record.serializedValueSize());
            }
        }
        return bytes;
    }
}
