package dev.millrace.ingestion.publish;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The one producer of the service. It is made when it is first needed, as that fails while the
 * names of the brokers do not resolve, and made anew after an error that it does not survive.
 */
final class Producers implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Producers.class);

    private static final int LINGER_MILLIS = 5;
    private static final int BATCH_BYTES = 128 * 1024;
    static final int REQUEST_BYTES = 4 << 20;

    private final Map<String, Object> configuration;
    private final Duration patience;
    private @Nullable Producer<byte[], byte[]> current;
    private boolean closed;

    Producers(Map<String, Object> cluster, PublishSettings settings) {
        this.configuration = configuration(cluster, settings);
        this.patience = settings.deliveryTimeout();
    }

    /**
     * The producer.
     *
     * @throws org.apache.kafka.common.KafkaException if it cannot be made now
     */
    synchronized Producer<byte[], byte[]> current() {
        if (closed) {
            throw new IllegalStateException("the service is stopping");
        }
        if (current == null) {
            current =
                    new KafkaProducer<>(
                            configuration, new ByteArraySerializer(), new ByteArraySerializer());
        }
        return current;
    }

    /** Gives up a producer that failed for good. */
    void discard(Producer<byte[], byte[]> failed, Exception cause) {
        synchronized (this) {
            if (current != failed) {
                return;
            }
            current = null;
        }
        log.warn("The producer is replaced, as it failed: {}", cause.toString());
        failed.close(Duration.ZERO);
    }

    /** Waits for what is on its way. */
    @Override
    public void close() {
        Producer<byte[], byte[]> last;
        synchronized (this) {
            closed = true;
            last = current;
            current = null;
        }
        if (last != null) {
            last.close(patience);
        }
    }

    private static Map<String, Object> configuration(
            Map<String, Object> cluster, PublishSettings settings) {
        Map<String, Object> all = new HashMap<>(cluster);
        all.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        all.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
        all.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        all.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, REQUEST_BYTES);
        long timeout = settings.deliveryTimeout().toMillis();
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.toIntExact(timeout));
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(timeout / 2));
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, settings.maxBlock().toMillis());
        // More than the service's own limit, which is what callers shall meet: batches are not
        // full.
        all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, settings.buffer().toBytes() * 2);
        // What "accepted" means; not for anybody to weaken.
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        return all;
    }
}
