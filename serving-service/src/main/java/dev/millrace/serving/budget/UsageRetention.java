package dev.millrace.serving.budget;

import dev.millrace.operations.background.Retention;

import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.ZoneOffset;

/** Forgets who used what on days that are long past. */
@Component
final class UsageRetention extends Retention {

    private final UsageTable table;
    private final BudgetSettings settings;
    private final Clock clock;

    UsageRetention(UsageTable table, BudgetSettings settings, Clock clock) {
        super("usage-retention");
        this.table = table;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    protected int delete(int atMost) {
        return table.delete(
                clock.instant().minus(settings.usageKept()).atOffset(ZoneOffset.UTC).toLocalDate(),
                atMost);
    }
}
