package dev.millrace.operations.access;

import org.springframework.stereotype.Component;

import java.time.Instant;
import java.util.Map;

/** When operators' keys were last used. */
@Component
final class OperatorKeyUse extends KeyUse {

    private final ApiKeyTable table;

    OperatorKeyUse(ApiKeyTable table) {
        super("key-use");
        this.table = table;
    }

    @Override
    protected void write(Map<String, Instant> batch) {
        table.used(batch);
    }
}
