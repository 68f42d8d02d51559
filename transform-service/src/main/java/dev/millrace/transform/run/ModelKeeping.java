package dev.millrace.transform.run;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks after runs for as long as the service runs: every second, and without ever giving up. */
class ModelKeeping implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(ModelKeeping.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final Runs runs;
    private final Freshness freshness;
    private @Nullable ScheduledExecutorService timer;
    private boolean running;
    private boolean complained;

    ModelKeeping(Runs runs, Freshness freshness) {
        this.runs = runs;
        this.freshness = freshness;
    }

    @Override
    public synchronized void start() {
        ScheduledExecutorService started =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("models").factory());
        // What comes of it is nothing to wait for: it ends with the executor.
        var _ =
                started.scheduleWithFixedDelay(
                        this::look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
        timer = started;
        running = true;
    }

    private void look() {
        try {
            runs.attend();
            freshness.refresh();
            complained = false;
        } catch (SQLException | RuntimeException e) {
            // Once for each time that it begins to fail, as it is tried again every second.
            if (!complained) {
                log.warn("Models cannot be looked after right now; trying on", e);
            }
            complained = true;
        }
    }

    @Override
    public synchronized void stop() {
        if (timer != null) {
            timer.shutdownNow();
        }
        running = false;
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }
}
