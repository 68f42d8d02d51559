package dev.millrace.transform.landing;

import dev.millrace.operations.background.BackgroundWork;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Works off the replays of the quarantine, those that others asked for included. */
final class ReplayWork extends BackgroundWork {

    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final ReplayLanding landing;
    private final boolean enabled;
    private final Semaphore asked = new Semaphore(0);

    /**
     * @param enabled whether this process lands at all
     */
    ReplayWork(ReplayLanding landing, boolean enabled) {
        super("quarantine-replay");
        this.landing = landing;
        this.enabled = enabled;
    }

    /** Tells that there is something to do. */
    void wake() {
        asked.release();
    }

    @Override
    public boolean isAutoStartup() {
        return enabled;
    }

    @Override
    protected void round() throws InterruptedException {
        if (asked.tryAcquire(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
            asked.drainPermits();
        }
        try {
            while (landing.next()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "the database does not land what is replayed now: " + e.getMessage(), e);
        }
    }
}
