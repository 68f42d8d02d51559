package dev.millrace.transform.quarantine;

import dev.millrace.operations.background.Retention;

import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Instant;

/** Deletes records that were replayed or discarded long ago. What is held stays. */
@Component
final class QuarantineRetention extends Retention {

    private final Discards discards;
    private final QuarantineSettings settings;
    private final Clock clock;

    QuarantineRetention(Discards discards, QuarantineSettings settings, Clock clock) {
        super("quarantine-retention");
        this.discards = discards;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    protected int delete(int atMost) {
        Instant before = clock.instant().minus(settings.retention());
        int deleted = discards.forget(before, atMost);
        if (deleted < atMost) {
            discards.forgetReplays(before);
        }
        return deleted;
    }
}
