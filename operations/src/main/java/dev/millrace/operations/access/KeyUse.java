package dev.millrace.operations.access;

import dev.millrace.operations.background.BackgroundWork;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers when keys were used, and writes it in batches: a request must not cost an update. */
@Component
final class KeyUse extends BackgroundWork {

    private static final Logger log = LoggerFactory.getLogger(KeyUse.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final ApiKeyTable table;
    private final Map<String, Instant> uses = new ConcurrentHashMap<>();

    KeyUse(ApiKeyTable table) {
        super("key-use");
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
    protected void round() throws InterruptedException {
        Thread.sleep(INTERVAL);
        flush();
    }

    @Override
    protected void finish() {
        flush();
    }
}
