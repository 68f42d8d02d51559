package dev.millrace.operations.background;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

import java.time.Duration;

/**
 * Work that is done in rounds by a thread of its own, from the start of the service to its stop. A
 * round that fails is logged, and after a pause the next one begins: whatever one round stumbled
 * over, the work does not end unnoticed.
 */
public abstract class BackgroundWork implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(BackgroundWork.class);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** A round that does not listen to its interrupt must not keep the service from stopping. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String name;
    private final Duration firstPause;

    /** Who works; nobody, or somebody else, once a thread is to stop. */
    private volatile @Nullable Thread thread;

    protected BackgroundWork(String name) {
        this(name, FIRST_PAUSE);
    }

    BackgroundWork(String name, Duration firstPause) {
        this.name = name;
        this.firstPause = firstPause;
    }

    /** Waits for something to do, and does it. */
    protected abstract void round() throws InterruptedException;

    /** What is left to do when no further round begins. */
    protected void finish() {}

    @Override
    public final synchronized void start() {
        if (thread == null) {
            Thread next = Thread.ofVirtual().name(name).unstarted(this::work);
            thread = next;
            next.start();
        }
    }

    @Override
    public final synchronized void stop() {
        Thread last = thread;
        if (last == null) {
            return;
        }
        thread = null;
        last.interrupt();
        try {
            last.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        finish();
    }

    @Override
    public final synchronized boolean isRunning() {
        return thread != null;
    }

    private void work() {
        Duration pause = firstPause;
        try {
            while (!Thread.interrupted()) {
                try {
                    round();
                    pause = firstPause;
                } catch (RuntimeException | Error e) {
                    // An error as well: a stack that overflowed or a class that is not there says
                    // nothing of the next round.
                    if (thread != Thread.currentThread()) {
                        log.debug("The work '{}' was stopped in the middle of a round", name, e);
                        return;
                    }
                    log.error("The work '{}' failed; it will be tried again", name, e);
                    Thread.sleep(pause);
                    Duration longer = pause.multipliedBy(2);
                    pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
