package dev.millrace.serving.alert;

import dev.millrace.operations.background.BackgroundWork;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

/** Delivers notifications, some at a time, for as long as the service runs. */
@Component
class DeliveryWork extends BackgroundWork {

    private static final Logger log = LoggerFactory.getLogger(DeliveryWork.class);

    /** So many that a receiver that does not answer leaves room for others. */
    private static final int AT_ONCE = 16;

    private static final Duration PAUSE = Duration.ofMillis(250);

    private final Deliveries deliveries;
    private final Semaphore turns = new Semaphore(AT_ONCE);

    DeliveryWork(Deliveries deliveries) {
        super("alert-deliveries");
        this.deliveries = deliveries;
    }

    @Override
    protected void round() throws InterruptedException {
        int free = turns.availablePermits();
        List<Notification> claimed = free == 0 ? List.of() : deliveries.claim(free);
        for (Notification notification : claimed) {
            turns.acquire();
            Thread.ofVirtual()
                    .name("notification " + notification.id())
                    .start(() -> deliver(notification));
        }
        if (claimed.isEmpty()) {
            Thread.sleep(PAUSE);
        }
    }

    private void deliver(Notification notification) {
        try {
            deliveries.deliver(notification);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            // Its time ends soon, and then it is tried again.
            log.error("The notification {} was not delivered", notification.id(), e);
        } finally {
            turns.release();
        }
    }
}
