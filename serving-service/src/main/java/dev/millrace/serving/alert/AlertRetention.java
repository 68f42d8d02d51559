package dev.millrace.serving.alert;

import dev.millrace.operations.background.Retention;

import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Instant;

/** Forgets history, notifications and silences that are old. */
@Component
class AlertRetention extends Retention {

    private final AlertStore store;
    private final Notifications notifications;
    private final AlertSettings settings;
    private final Clock clock;

    AlertRetention(
            AlertStore store, Notifications notifications, AlertSettings settings, Clock clock) {
        super("alert-retention");
        this.store = store;
        this.notifications = notifications;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    protected int delete(int atMost) {
        Instant before = clock.instant().minus(settings.kept());
        // The most of the three: as long as one has more, there is another round.
        return Math.max(
                store.deleteHistory(before, atMost),
                Math.max(
                        store.deleteSilences(before, atMost),
                        notifications.delete(before, atMost)));
    }
}
