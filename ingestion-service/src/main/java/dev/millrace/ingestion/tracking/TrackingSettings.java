package dev.millrace.ingestion.tracking;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/**
 * What callers of the tracking doors may cost.
 *
 * @param bodyDeadline how long the body of a request may take to come
 * @param requestsPerSecond of one write key; callers get 429 beyond that, and 0 is no limit
 */
@ConfigurationProperties("millrace.tracking")
record TrackingSettings(
        @DefaultValue("30s") Duration bodyDeadline, @DefaultValue("10000") int requestsPerSecond) {

    TrackingSettings {
        if (bodyDeadline.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "millrace.tracking.body-deadline is under 1s, which a telephone may need to"
                            + " send what it collected");
        }
        if (requestsPerSecond < 0) {
            throw new IllegalArgumentException(
                    "millrace.tracking.requests-per-second is negative; 0 is no limit");
        }
    }
}
