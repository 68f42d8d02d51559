package dev.millrace.transform.landing;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What is told of one source. Histograms are costly, a dozen series each: so there are these two of
 * each source and none by stream, and their sums over all sources tell of the whole.
 */
final class SourceMeters {

    private static final Duration[] OBJECTIVES = {
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        Duration.ofHours(1)
    };

    private final Timer freshness;
    private final Timer delay;
    private final DistributionSummary records;
    private final Counter bytes;

    SourceMeters(MeterRegistry meters, String source) {
        this.freshness =
                Timer.builder("millrace.landing.freshness")
                        .description("From when it happened until it was queryable")
                        .tag("source", source)
                        .serviceLevelObjectives(OBJECTIVES)
                        .register(meters);
        this.delay =
                Timer.builder("millrace.landing.delay")
                        .description("From when ingestion took it until it was queryable")
                        .tag("source", source)
                        .serviceLevelObjectives(OBJECTIVES)
                        .register(meters);
        this.records =
                DistributionSummary.builder("millrace.landing.source.records")
                        .description("Records of the source in one batch")
                        .tag("source", source)
                        .register(meters);
        this.bytes = meters.counter("millrace.landing.bytes", "source", source);
    }

    /** A row that became queryable so long after it happened, and after ingestion took it. */
    void landed(long freshnessMicros, long delayMicros) {
        freshness.record(Math.max(0, freshnessMicros), TimeUnit.MICROSECONDS);
        delay.record(Math.max(0, delayMicros), TimeUnit.MICROSECONDS);
    }

    void records(long count) {
        records.record((double) count);
    }

    void bytes(long size) {
        bytes.increment((double) size);
    }
}
