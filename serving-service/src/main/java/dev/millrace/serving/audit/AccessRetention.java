package dev.millrace.serving.audit;

import dev.millrace.operations.background.Retention;

import org.springframework.stereotype.Component;

import java.time.Clock;

/** Forgets accesses that are old. */
@Component
final class AccessRetention extends Retention {

    private final AccessTable table;
    private final AccessAuditSettings settings;
    private final Clock clock;

    AccessRetention(AccessTable table, AccessAuditSettings settings, Clock clock) {
        super("access-retention");
        this.table = table;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    protected int delete(int atMost) {
        return table.delete(clock.instant().minus(settings.kept()), atMost);
    }
}
