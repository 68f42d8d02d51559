package dev.millrace.serving.access;

import dev.millrace.test.TestWarehouse;

import java.time.Clock;
import java.util.Set;

/** Tokens that every warehouse of a test takes. */
public final class TestTenantTokens {

    private TestTenantTokens() {}

    public static TenantTokens create() {
        return create(Clock.systemUTC());
    }

    public static TenantTokens create(Clock clock) {
        return new TenantTokens(
                new TenantSettings(TestWarehouse.TENANT_SECRET, "tenant_id", Set.of(), true),
                clock);
    }
}
