package dev.millrace.serving.feed;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import java.time.Duration;

/**
 * Feeds of changes.
 *
 * @param maxWaiters requests that may wait for a change at once
 * @param interval how often a change is looked for while somebody waits
 * @param followedFor how long transform goes on to write changes down after somebody last read them
 * @param maxPageBytes how large the rows of one answer may be; the next has the others
 */
@ConfigurationProperties("millrace.serving.feed")
record FeedSettings(
        @DefaultValue("1000") int maxWaiters,
        @DefaultValue("100ms") Duration interval,
        @DefaultValue("14d") Duration followedFor,
        @DefaultValue("16MB") DataSize maxPageBytes) {

    FeedSettings {
        if (maxWaiters < 0) {
            throw new IllegalArgumentException(
                    "millrace.serving.feed.max-waiters must be 0 or more");
        }
        if (!interval.isPositive()) {
            throw new IllegalArgumentException(
                    "millrace.serving.feed.interval must be longer than nothing");
        }
        if (followedFor.compareTo(Duration.ofHours(1)) < 0) {
            throw new IllegalArgumentException(
                    "millrace.serving.feed.followed-for must be 1h or more; it is " + followedFor);
        }
        if (maxPageBytes.toBytes() < 1) {
            throw new IllegalArgumentException(
                    "millrace.serving.feed.max-page-bytes must be more than nothing");
        }
    }
}
