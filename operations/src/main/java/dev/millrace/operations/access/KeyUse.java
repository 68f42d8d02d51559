package dev.millrace.operations.access;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers when keys were used, and writes it in batches: a request must not cost an update. */
@Component
final class KeyUse implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(KeyUse.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final ApiKeyTable table;
    private final Map<String, Instant> uses = new ConcurrentHashMap<>();
    private @Nullable Thread thread;

    KeyUse(ApiKeyTable table) {
        this.table = table;
    }

    void used(String id, Instant at) {
        uses.merge(id, at, (a, b) -> a.isAfter(b) ? a : b);
    }

    /** Writes what was remembered. */
    void flush() {
        Map<String, Instant> batch = new HashMap<>(uses);
        if (batch.isEmpty()) {
            return;
        }
        try {
            table.used(batch);
            // What was used again meanwhile stays for the next time.
            batch.forEach(uses::remove);
        } catch (RuntimeException e) {
            log.warn("When keys were last used is not yet written, and will be", e);
        }
    }

    @Override
    public synchronized void start() {
        if (thread == null) {
            thread = Thread.ofVirtual().name("key-use").start(this::run);
        }
    }

    @Override
    public synchronized void stop() {
        if (thread != null) {
            thread.interrupt();
            thread = null;
            flush();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
