package dev.millrace.transform.landing;

import org.apache.kafka.clients.consumer.GroupProtocol;
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
 * @param groupProtocol how the group shares the partitions: by Kafka's classic protocol, or by that
 *     of KIP-848
 * @param retentionAlarm how much of a topic's retention must be left before what has not landed
 *     gets an alarm, as a part of 1
 * @param lateAfter how long before the latest event time of its stream a row must have happened to
 *     count as late
 * @param maxPartitions how many periods of a table have a partition of their own
 */
@ConfigurationProperties("millrace.landing")
record LandingSettings(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("millrace-landing") String group,
        @DefaultValue("2") int concurrency,
        @DefaultValue("16000") int maxBatchRecords,
        @DefaultValue("6s") Duration sessionTimeout,
        @DefaultValue("2000") int maxTables,
        @DefaultValue("30d") Duration tombstoneRetention,
        @DefaultValue("classic") GroupProtocol groupProtocol,
        @DefaultValue("0.2") double retentionAlarm,
        @DefaultValue("1h") Duration lateAfter,
        @DefaultValue("200") int maxPartitions) {

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
        if (!(retentionAlarm >= 0 && retentionAlarm < 1)) {
            throw new IllegalArgumentException(
                    "millrace.landing.retention-alarm must be from 0 to below 1, not "
                            + retentionAlarm);
        }
        if (maxPartitions < 4) {
            throw new IllegalArgumentException(
                    "millrace.landing.max-partitions must be at least 4, not " + maxPartitions);
        }
        if (lateAfter.isNegative()) {
            throw new IllegalArgumentException(
                    "millrace.landing.late-after must not be negative, not " + lateAfter);
        }
    }
}
