package dev.millrace.transform.landing;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/**
 * How landing works.
 *
 * @param enabled whether this process lands at all
 * @param group the consumer group that shares the partitions
 * @param concurrency how many consumers this process has
 * @param maxBatchRecords how many records one transaction lands at most
 * @param sessionTimeout how long a lander may be silent before others take its partitions
 * @param maxTables how many tables landing makes for one source; records of further streams go to
 *     quarantine
 * @param tombstoneRetention how long deletes are remembered against older changes that come later
 */
@ConfigurationProperties("millrace.landing")
record LandingSettings(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("millrace-landing") String group,
        @DefaultValue("2") int concurrency,
        @DefaultValue("20000") int maxBatchRecords,
        @DefaultValue("6s") Duration sessionTimeout,
        @DefaultValue("2000") int maxTables,
        @DefaultValue("30d") Duration tombstoneRetention) {

    LandingSettings {
        if (concurrency < 1) {
            throw new IllegalArgumentException(
                    "millrace.landing.concurrency must be at least 1, not " + concurrency);
        }
        if (maxTables < 1) {
            throw new IllegalArgumentException(
                    "millrace.landing.max-tables must be at least 1, not " + maxTables);
        }
        if (maxBatchRecords < 1) {
            throw new IllegalArgumentException(
                    "millrace.landing.max-batch-records must be at least 1, not "
                            + maxBatchRecords);
        }
    }
}
