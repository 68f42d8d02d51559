package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.test.SettableClock;
import dev.millrace.test.TestWarehouse;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;

/** Who may export, and for how long. */
class ExportsTest {

    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();
    private static final String MODEL =
            """
            cubes:
              - name: v
                sql: "SELECT i AS id FROM generate_series(1, 100000) i"
                dimensions: [{name: id, sql: id, type: number}]
            """;
    private static final String QUERY = "{\"dimensions\":[\"v.id\"],\"ungrouped\":true}";

    private static final Bench BENCH = new Bench(WAREHOUSE, MODEL);

    private final SettableClock clock = SettableClock.at("2026-05-01T00:00:00Z");
    private final Exports exports =
            new Exports(
                    BENCH.warehouse,
                    BENCH.guard,
                    new ExportSettings(50_000, Duration.ofMinutes(5)),
                    Bench.Settings.of(WAREHOUSE).poolSize(4).done(),
                    new FlightSettings(Duration.ofSeconds(1), Duration.ofSeconds(60), 2),
                    clock,
                    new SimpleMeterRegistry());

    @AfterAll
    static void close() {
        BENCH.close();
    }

    @Test
    void moreThanMayWaitAreToldToComeAgain() {
        try (Exports.Place one = exports.begin();
                Exports.Place two = exports.begin()) {
            assertThat(one).isNotSameAs(two);
            assertThatThrownBy(exports::begin)
                    .isInstanceOf(BusyException.class)
                    .hasMessage("Too many exports are under way; try again in a moment");
            assertThat(exports.underWay()).isEqualTo(2);
        }
        assertThat(exports.underWay()).isZero();
    }

    @Test
    void whoIsOverItsTimeLosesTheConnectionAndReadsNoMore() throws Exception {
        try (Exports.Place place = exports.begin()) {
            ExportRun.Rows rows = place.run().open(BENCH.ask(QUERY).compiled().getFirst(), "");
            rows.result().next();
            place.run().checkTime();
            exports.endOverdue();
            rows.result().next();

            clock.advance(Duration.ofMinutes(5));
            exports.endOverdue();

            assertThatThrownBy(place.run()::checkTime)
                    .isInstanceOfSatisfying(
                            WarehouseException.class,
                            e ->
                                    assertThat(e.category())
                                            .isEqualTo(WarehouseException.Category.TIMEOUT));
            assertThatThrownBy(
                            () -> {
                                while (rows.result().next()) {
                                    assertThat(rows.result().getInt(1)).isPositive();
                                }
                            })
                    .isInstanceOf(SQLException.class);
        }
        // As often as there are connections: none of them was lost.
        for (int i = 0; i < 5; i++) {
            try (Exports.Place place = exports.begin()) {
                ExportRun.Rows rows = place.run().open(BENCH.ask(QUERY).compiled().getFirst(), "");
                assertThat(rows.result().next()).isTrue();
            }
        }
    }

    @Test
    void whatWasEndedBeforeItBeganTakesNoConnection() {
        try (Exports.Place place = exports.begin()) {
            place.run().end();

            assertThatThrownBy(() -> place.run().open(BENCH.ask(QUERY).compiled().getFirst(), ""))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new ExportSettings(49_999, Duration.ofMinutes(5)))
                .hasMessageContaining("export-limit must be 50000 or more");
        assertThatThrownBy(() -> new ExportSettings(50_000, Duration.ZERO))
                .hasMessageContaining("export-timeout must be longer than nothing");
    }
}
