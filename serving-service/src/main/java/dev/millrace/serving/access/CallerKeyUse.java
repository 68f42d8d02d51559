package dev.millrace.serving.access;

import dev.millrace.operations.access.KeyUse;

import org.springframework.stereotype.Component;

import java.time.Instant;
import java.util.Map;

/** When keys of the metrics doors were last used. */
@Component
final class CallerKeyUse extends KeyUse {

    private final CallerKeyTable table;

    CallerKeyUse(CallerKeyTable table) {
        super("caller-key-use");
        this.table = table;
    }

    @Override
    protected void write(Map<String, Instant> batch) {
        table.used(batch);
    }
}
