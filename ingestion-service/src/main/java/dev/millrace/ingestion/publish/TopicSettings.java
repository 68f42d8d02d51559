package dev.millrace.ingestion.publish;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How safe the topics are that the service creates.
 *
 * @param replicationFactor on how many brokers each record is; -1 for the broker's default
 * @param minInsyncReplicas how many of these must have a record before it counts as accepted; -1
 *     for the broker's default
 */
@ConfigurationProperties("millrace.topics")
record TopicSettings(
        @DefaultValue("-1") short replicationFactor, @DefaultValue("-1") int minInsyncReplicas) {

    static final int DEFAULT = -1;

    TopicSettings {
        if (replicationFactor != DEFAULT && replicationFactor < 1) {
            throw new IllegalArgumentException(
                    "millrace.topics.replication-factor is a number of brokers, or -1 for the"
                            + " broker's default");
        }
        if (minInsyncReplicas != DEFAULT && minInsyncReplicas < 1) {
            throw new IllegalArgumentException(
                    "millrace.topics.min-insync-replicas is a number of brokers, or -1 for the"
                            + " broker's default");
        }
        if (replicationFactor != DEFAULT && minInsyncReplicas > replicationFactor) {
            throw new IllegalArgumentException(
                    "millrace.topics.min-insync-replicas is over"
                            + " millrace.topics.replication-factor, so that nothing could ever be"
                            + " accepted");
        }
    }
}
