package dev.millrace.serving.alert;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import org.springframework.stereotype.Component;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** What alerts count of themselves. */
@Component
class AlertMeters {

    private final MeterRegistry meters;
    private final AtomicLong firing = new AtomicLong();

    AlertMeters(MeterRegistry meters) {
        this.meters = meters;
        Gauge.builder("millrace.alerts.firing", firing, AtomicLong::get)
                .description("Instances of alerts that fire")
                .register(meters);
    }

    void firing(long count) {
        firing.set(count);
    }

    void evaluated(String outcome) {
        meters.counter("millrace.alerts.evaluations", "outcome", outcome).increment();
    }

    /** How late an evaluation begins. */
    void lag(Duration lag) {
        Timer.builder("millrace.alerts.evaluation.lag")
                .description("How late evaluations of alerts begin")
                .register(meters)
                .record(lag.isNegative() ? Duration.ZERO : lag);
    }

    void notified(String outcome) {
        meters.counter("millrace.alerts.notifications", "outcome", outcome).increment();
    }
}
