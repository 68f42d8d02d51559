package dev.millrace.serving.query;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/**
 * How long queries go on, and how many at once.
 *
 * @param continueWaitTimeout how long a request waits before its caller is told to ask again
 * @param abandonedAfter how long a query goes on, and its result is kept, while nobody asks; longer
 *     than it takes until a caller asks the same process again, also behind a load balancer that
 *     sends it to each replica in turn
 * @param maxQueries queries under way at once, waiting ones included
 */
@ConfigurationProperties("millrace.serving")
record FlightSettings(
        @DefaultValue("5s") Duration continueWaitTimeout,
        @DefaultValue("60s") Duration abandonedAfter,
        @DefaultValue("200") int maxQueries) {

    FlightSettings {
        if (!continueWaitTimeout.isPositive()) {
            throw new IllegalArgumentException(
                    "millrace.serving.continue-wait-timeout must be longer than nothing");
        }
        if (!abandonedAfter.isPositive()) {
            throw new IllegalArgumentException(
                    "millrace.serving.abandoned-after must be longer than nothing");
        }
        if (maxQueries < 1) {
            throw new IllegalArgumentException(
                    "millrace.serving.max-queries must be 1 or more; it is " + maxQueries);
        }
    }
}
