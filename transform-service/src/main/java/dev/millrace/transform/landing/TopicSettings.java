package dev.millrace.transform.landing;

import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How safe the topics are that this service makes.
 *
 * @param replicationFactor on how many brokers a record is; -1 for the cluster's default
 * @param minInsyncReplicas how many of those must have a record before it counts as written; -1 for
 *     the cluster's default
 */
@ConfigurationProperties("millrace.topics")
record TopicSettings(
        @DefaultValue("-1") short replicationFactor, @DefaultValue("-1") int minInsyncReplicas) {

    private static final String MIN_INSYNC_REPLICAS = "min.insync.replicas";

    TopicSettings {
        if (replicationFactor > 0 && minInsyncReplicas > replicationFactor) {
            throw new IllegalArgumentException(
                    "millrace.topics.min-insync-replicas is %d, more than the %d of replication-factor: nothing could ever be written"
                            .formatted(minInsyncReplicas, replicationFactor));
        }
    }

    /** A topic as it is to be made. */
    NewTopic newTopic(String name, Optional<Integer> partitions, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        if (minInsyncReplicas > 0) {
            all.put(MIN_INSYNC_REPLICAS, Integer.toString(minInsyncReplicas));
        }
        return new NewTopic(
                        name,
                        partitions,
                        replicationFactor > 0 ? Optional.of(replicationFactor) : Optional.empty())
                .configs(all);
    }
}
