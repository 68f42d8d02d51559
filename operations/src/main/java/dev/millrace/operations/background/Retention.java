package dev.millrace.operations.background;

import java.time.Duration;

/** Work that deletes, once an hour, what is older than it has to be kept. */
public abstract class Retention extends BackgroundWork {

    private static final Duration INTERVAL = Duration.ofHours(1);

    /** Small enough that nobody waits long for the locks of one statement. */
    private static final int CHUNK = 5_000;

    protected Retention(String name) {
        super(name);
    }

    /**
     * Deletes some of what is too old.
     *
     * @return how much that was; less than could have been if there is no more
     */
    protected abstract int delete(int atMost);

    /** Deletes all that is too old, chunk by chunk. */
    public final void forget() {
        int deleted;
        do {
            deleted = delete(CHUNK);
        } while (deleted == CHUNK && !Thread.currentThread().isInterrupted());
    }

    @Override
    protected final void round() throws InterruptedException {
        Thread.sleep(INTERVAL);
        forget();
    }
}
