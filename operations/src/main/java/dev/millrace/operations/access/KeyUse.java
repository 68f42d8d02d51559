package dev.millrace.operations.access;

import dev.millrace.operations.background.BackgroundWork;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers when keys were used, and writes it in batches: a request must not cost an update. */
public abstract class KeyUse extends BackgroundWork {

    private static final Logger log = LoggerFactory.getLogger(KeyUse.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final Map<String, Instant> uses = new ConcurrentHashMap<>();

    protected KeyUse(String name) {
        super(name);
    }

    /** Writes when keys were last used, by their ids; never an earlier time over a later one. */
    protected abstract void write(Map<String, Instant> batch);

    /** Remembers that a key was used. */
    public final void used(String id, Instant at) {
        uses.merge(id, at, (a, b) -> a.isAfter(b) ? a : b);
    }

    /** Writes what was remembered. */
    public final void flush() {
        Map<String, Instant> batch = new HashMap<>(uses);
        if (batch.isEmpty()) {
            return;
        }
        try {
            write(batch);
            // What was used again meanwhile stays for the next time.
            batch.forEach(uses::remove);
        } catch (RuntimeException e) {
            log.warn("When keys were last used is not yet written, and will be", e);
        }
    }

    @Override
    protected final void round() throws InterruptedException {
        Thread.sleep(INTERVAL);
        flush();
    }

    @Override
    protected final void finish() {
        flush();
    }
}
