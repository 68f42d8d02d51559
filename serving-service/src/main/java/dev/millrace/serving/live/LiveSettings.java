package dev.millrace.serving.live;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/**
 * How often watched queries are looked at, and how many watch.
 *
 * @param interval how often a change is looked for; an answer comes at most that often
 * @param movingInterval how often a query is asked again whose answer depends on what time it is
 * @param heartbeat after how long without an answer a sign of life is sent
 * @param maxWatchers connections at once
 * @param maxQueries different queries at once
 */
@ConfigurationProperties("millrace.serving.live")
record LiveSettings(
        @DefaultValue("100ms") Duration interval,
        @DefaultValue("1s") Duration movingInterval,
        @DefaultValue("15s") Duration heartbeat,
        @DefaultValue("5000") int maxWatchers,
        @DefaultValue("200") int maxQueries) {

    LiveSettings {
        if (!interval.isPositive() || !movingInterval.isPositive() || !heartbeat.isPositive()) {
            throw new IllegalArgumentException(
                    "the intervals of millrace.serving.live must be longer than nothing");
        }
        if (maxWatchers < 0 || maxQueries < 0) {
            throw new IllegalArgumentException(
                    "millrace.serving.live.max-watchers and .max-queries must be 0 or more");
        }
    }
}
