package dev.millrace.transform.quarantine;

import dev.millrace.operations.background.BackgroundWork;

import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Deletes records that were replayed or discarded long ago. What is held stays. */
@Component
final class QuarantineRetention extends BackgroundWork {

    private static final Duration INTERVAL = Duration.ofHours(1);

    private final Discards discards;
    private final QuarantineSettings settings;
    private final Clock clock;

    QuarantineRetention(Discards discards, QuarantineSettings settings, Clock clock) {
        super("quarantine-retention");
        this.discards = discards;
        this.settings = settings;
        this.clock = clock;
    }

    /** Deletes all that is old enough, chunk by chunk. */
    void forget() {
        Instant before = clock.instant().minus(settings.retention());
        int deleted;
        do {
            deleted = discards.forget(before);
        } while (deleted == Discards.chunk() && !Thread.currentThread().isInterrupted());
        discards.forgetReplays(before);
    }

    @Override
    protected void round() throws InterruptedException {
        Thread.sleep(INTERVAL);
        forget();
    }
}
