package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.test.SettableClock;
import dev.millrace.test.TestWarehouse;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

import java.time.Duration;

class WarehouseHealthTest {

    @Test
    void manyProbesAreOneQuestionASecond() {
        SettableClock clock = SettableClock.at("2026-01-01T00:00:00Z");
        Warehouse warehouse =
                new Warehouse(
                        Bench.Settings.of(TestWarehouse.create())
                                .connectionTimeout(Duration.ofSeconds(20))
                                .done(),
                        new SimpleMeterRegistry(),
                        "bench");
        WarehouseHealth health = new WarehouseHealth(warehouse, clock);
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);

        // From here on it does not answer.
        warehouse.close();
        clock.advance(Duration.ofSeconds(1));
        assertThat(health.isUp()).as("what it said a second ago").isTrue();
        clock.advance(Duration.ofMillis(1));

        assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.health().getDetails())
                .containsEntry("problem", "the warehouse does not answer");
    }
}
