package dev.millrace.serving.access;

import dev.millrace.operations.background.Retention;

import org.springframework.stereotype.Component;

import java.time.Clock;

/** Forgets addresses that have ended. */
@Component
final class EmbedRetention extends Retention {

    private final EmbedTable table;
    private final Clock clock;

    EmbedRetention(EmbedTable table, Clock clock) {
        super("embed-retention");
        this.table = table;
        this.clock = clock;
    }

    @Override
    protected int delete(int atMost) {
        return table.delete(clock.instant(), atMost);
    }
}
