package dev.millrace.transform.publish;

import io.micrometer.core.instrument.MeterRegistry;

import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

import java.time.Duration;
import java.util.function.Supplier;

import javax.sql.DataSource;

/** Keeps an {@link OutboxRelay} at work for as long as the service runs. */
final class OutboxRelaying implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(OutboxRelaying.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Supplier<Producer<byte[], byte[]>> producers;
    private final DataSource database;
    private final MeterRegistry meters;

    private @Nullable Producer<byte[], byte[]> producer;
    private @Nullable OutboxRelay relay;
    private @Nullable Thread thread;

    OutboxRelaying(
            Supplier<Producer<byte[], byte[]>> producers,
            DataSource database,
            MeterRegistry meters) {
        this.producers = producers;
        this.database = database;
        this.meters = meters;
    }

    @Override
    public synchronized void start() {
        if (isRunning()) {
            return;
        }
        producer = producers.get();
        relay = new OutboxRelay(database, producer, meters);
        thread = Thread.ofPlatform().name("outbox-relay").start(relay);
    }

    @Override
    public synchronized void stop() {
        if (relay == null || thread == null || producer == null) {
            return;
        }
        relay.stop();
        try {
            if (!thread.join(PATIENCE)) {
                log.warn("The outbox relay did not end in {}; it is interrupted", PATIENCE);
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(PATIENCE);
        thread = null;
        relay = null;
        producer = null;
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }
}
