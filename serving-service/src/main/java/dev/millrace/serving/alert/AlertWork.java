package dev.millrace.serving.alert;

import dev.millrace.operations.background.BackgroundWork;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Evaluates what is due, some at a time, for as long as the service runs. */
@Component
class AlertWork extends BackgroundWork {

    private static final Logger log = LoggerFactory.getLogger(AlertWork.class);

    private static final int AT_ONCE = 4;
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration FOLLOWING = Duration.ofSeconds(15);
    private static final long PATIENCE_SECONDS = 5;

    private final Rounds rounds;
    private final Semaphore turns = new Semaphore(AT_ONCE);
    private Object followed = "";
    private long followedAt;

    AlertWork(Rounds rounds) {
        super("alerts");
        this.rounds = rounds;
    }

    @Override
    protected void round() throws InterruptedException {
        Object model = rounds.model();
        long now = System.nanoTime();
        if (followed != model || now - followedAt > FOLLOWING.toNanos()) {
            rounds.follow();
            followed = model;
            followedAt = now;
        }
        List<AlertStore.Claim> claims = rounds.claim(turns.availablePermits());
        for (AlertStore.Claim claim : claims) {
            turns.acquire();
            Thread.ofVirtual().name("alert " + claim.alert()).start(() -> evaluate(claim));
        }
        if (claims.isEmpty()) {
            Thread.sleep(PAUSE);
        }
    }

    private void evaluate(AlertStore.Claim claim) {
        try {
            rounds.evaluate(claim);
        } catch (RuntimeException | Error e) {
            // Its lease ends soon, and then it is tried again.
            log.error("The alert {} was not evaluated", claim.alert(), e);
        } finally {
            turns.release();
        }
    }

    /** What is under way has its connections for a while yet. */
    @Override
    protected void finish() {
        try {
            if (!turns.tryAcquire(AT_ONCE, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                log.info("Alerts are still evaluated; their leases will end");
                return;
            }
            turns.release(AT_ONCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
