package dev.millrace.serving.query;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Ready when the warehouse answers. */
final class WarehouseHealth implements HealthIndicator {

    /** So that many probes are one question: they are open to everybody. */
    private static final Duration KEPT = Duration.ofSeconds(1);

    private final Warehouse warehouse;
    private final Clock clock;
    private Instant askedAt = Instant.MIN;
    private boolean answers;

    WarehouseHealth(Warehouse warehouse, Clock clock) {
        this.warehouse = warehouse;
        this.clock = clock;
    }

    synchronized boolean isUp() {
        if (clock.instant().isAfter(askedAt.plus(KEPT))) {
            answers = warehouse.answers();
            askedAt = clock.instant();
        }
        return answers;
    }

    @Override
    public Health health() {
        return isUp()
                ? Health.up().build()
                : Health.down().withDetail("problem", "the warehouse does not answer").build();
    }
}
