package dev.millrace.transform.landing;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Utils;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;

/**
 * The keys and values of a consumer's records as they are, and no more of them in one poll than
 * there is memory for: a consumer unpacks as many records as it may return, and a few kilobytes,
 * well packed, are gigabytes.
 *
 * <p>A consumer ends a poll at a record whose value cannot be deserialized, returns those before
 * it, and tries that one again with the next poll (KIP-334). So that is what happens to a record
 * that would be too much. A poll's first record never is. For one consumer, whose thread this is
 * called by.
 */
final class PolledBytes {

    private final long most;
    private long polled;

    /** What was polled before the key that came last, if no value has followed it yet. */
    private long beforeKey;

    private boolean isKeyLast;

    private PolledBytes(long most) {
        this.most = most;
    }

    /**
     * A consumer whose polls are bounded.
     *
     * @param most bytes of keys, values and headers that a poll may return, one record aside; the
     *     headers of a record with a key and a value count twice, those of one with neither not
     */
    static Consumer<byte[], byte[]> consumer(Map<String, Object> settings, long most) {
        PolledBytes bytes = new PolledBytes(most);
        return new KafkaConsumer<>(settings, bytes.new Keys(), bytes.new Values()) {
            @Override
            public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
                bytes.begin();
                return super.poll(timeout);
            }
        };
    }

    private void begin() {
        polled = 0;
        isKeyLast = false;
    }

    private byte[] take(Headers headers, ByteBuffer data, long before) {
        long size = data.remaining();
        for (Header header : headers) {
            byte[] value = header.value();
            size += header.key().length() + (value == null ? 0 : value.length);
        }
        if (before > 0 && polled + size > most) {
            throw new SerializationException("the next poll has room for it");
        }
        polled += size;
        return Utils.toArray(data);
    }

    private final class Keys extends ByteArrayDeserializer {

        @Override
        public byte[] deserialize(String topic, Headers headers, ByteBuffer data) {
            beforeKey = polled;
            byte[] key = take(headers, data, polled);
            isKeyLast = true;
            return key;
        }
    }

    private final class Values extends ByteArrayDeserializer {

        /** The key's bytes are the same record's: if it is the first one, this is as well. */
        @Override
        public byte[] deserialize(String topic, Headers headers, ByteBuffer data) {
            byte[] value = take(headers, data, isKeyLast ? beforeKey : polled);
            isKeyLast = false;
            return value;
        }
    }
}
