package dev.millrace.transform.materialization.live;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** What can be measured of one live model. */
final class LiveMeters {

    private final MeterRegistry meters;
    private final Counter failures;
    private final Counter rows;
    private final Timer rounds;
    private final Timer freshness;
    private final Gauge lag;
    private final Gauge failing;

    LiveMeters(
            MeterRegistry meters,
            String relation,
            Supplier<Duration> behind,
            Supplier<Boolean> isFailing) {
        this.meters = meters;
        Tags tags = Tags.of("relation", relation);
        this.failures =
                Counter.builder("millrace.live.failures")
                        .description("Rounds of live models that failed")
                        .tags(tags)
                        .register(meters);
        this.rows =
                Counter.builder("millrace.live.rows")
                        .description("Rows of live models that were written")
                        .tags(tags)
                        .register(meters);
        this.rounds =
                Timer.builder("millrace.live.duration")
                        .description("How long it takes to take changes in")
                        .tags(tags)
                        .register(meters);
        this.freshness =
                Timer.builder("millrace.live.freshness")
                        .description("From when a row was loaded until a live model has it")
                        .publishPercentileHistogram()
                        .minimumExpectedValue(Duration.ofMillis(5))
                        .maximumExpectedValue(Duration.ofMinutes(1))
                        .tags(tags)
                        .register(meters);
        this.lag =
                Gauge.builder("millrace.live.lag.seconds", () -> behind.get().toMillis() / 1e3)
                        .description("How long the oldest change waits that a live model lacks")
                        .tags(tags)
                        .register(meters);
        this.failing =
                Gauge.builder("millrace.live.failing", () -> isFailing.get() ? 1 : 0)
                        .description("Live models that are behind, as they fail")
                        .tags(tags)
                        .register(meters);
    }

    void failed() {
        failures.increment();
    }

    void applied(long written, Duration duration, Duration oldest) {
        rows.increment((double) written);
        rounds.record(duration);
        freshness.record(oldest.isNegative() ? Duration.ZERO : oldest);
    }

    void remove() {
        for (Meter meter : List.of(failures, rows, rounds, freshness, lag, failing)) {
            meters.remove(meter);
        }
    }
}
