package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.serving.query.VersionCheck.Finding;
import dev.millrace.test.SettableClock;
import dev.millrace.test.TestWarehouse;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;

@Timeout(60)
class VersionCheckTest {

    private final SettableClock clock = SettableClock.at("2026-03-01T00:00:00Z");

    @Test
    void nobodyWaitsForAWarehouseThatHasJustFailedToAnswer() throws Exception {
        TestWarehouse database = TestWarehouse.create();
        List<ReadRelation> gone =
                List.of(new ReadRelation(1, "x.y", 0, 0, false, 1L, null, null, List.of()));
        try (Warehouse warehouse =
                        new Warehouse(
                                Bench.Settings.of(database).done(),
                                new SimpleMeterRegistry(),
                                "bench");
                VersionCheck versions = new VersionCheck(warehouse, new ReadSet(), clock)) {
            assertThat(versions.of(gone)).as("nothing tells there").isEqualTo(Finding.UNKNOWN);
            WatchedRelations.make(database);

            clock.advance(Duration.ofMillis(999));
            assertThat(versions.of(gone)).isEqualTo(Finding.UNKNOWN);
            clock.advance(Duration.ofMillis(1));
            assertThat(versions.of(gone)).isEqualTo(Finding.CHANGED);
            clock.advance(Duration.ofDays(-1));
            assertThat(versions.of(gone)).as("by a clock that was set").isEqualTo(Finding.CHANGED);
        }
    }
}
