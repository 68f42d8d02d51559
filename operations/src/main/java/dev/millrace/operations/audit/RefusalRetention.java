package dev.millrace.operations.audit;

import dev.millrace.operations.background.BackgroundWork;

import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Deletes refused attempts that are older than they have to be kept. Anybody can make such entries;
 * what operators did is not touched.
 */
@Component
final class RefusalRetention extends BackgroundWork {

    private static final Duration INTERVAL = Duration.ofHours(1);

    /** Small enough that nobody waits for the locks of one statement. */
    private static final int BATCH = 5_000;

    private final AuditLog audit;
    private final AuditSettings settings;
    private final Clock clock;

    RefusalRetention(AuditLog audit, AuditSettings settings, Clock clock) {
        super("refusal-retention");
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
    }

    /** Deletes all that is too old, batch by batch. */
    void forget() {
        Instant before = clock.instant().minus(settings.refusalsKept());
        int deleted;
        do {
            deleted = audit.deleteRefusals(before, BATCH);
        } while (deleted == BATCH && !Thread.currentThread().isInterrupted());
    }

    @Override
    protected void round() throws InterruptedException {
        Thread.sleep(INTERVAL);
        forget();
    }
}
