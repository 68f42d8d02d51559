package dev.millrace.operations.audit;

import dev.millrace.operations.background.Retention;

import org.springframework.stereotype.Component;

import java.time.Clock;

/**
 * Deletes refused attempts that are older than they have to be kept. Anybody can make such entries;
 * what operators did is not touched.
 */
@Component
final class RefusalRetention extends Retention {

    private final AuditLog audit;
    private final AuditSettings settings;
    private final Clock clock;

    RefusalRetention(AuditLog audit, AuditSettings settings, Clock clock) {
        super("refusal-retention");
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    protected int delete(int atMost) {
        return audit.deleteRefusals(clock.instant().minus(settings.refusalsKept()), atMost);
    }
}
