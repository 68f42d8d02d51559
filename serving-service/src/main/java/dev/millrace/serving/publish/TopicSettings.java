package dev.millrace.serving.publish;

import dev.millrace.contracts.topic.Topic;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
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

    TopicSettings {
        if (replicationFactor > 0 && minInsyncReplicas > replicationFactor) {
            throw new IllegalArgumentException(
                    "millrace.topics.min-insync-replicas is %d, more than the %d of replication-factor: nothing could ever be written"
                            .formatted(minInsyncReplicas, replicationFactor));
        }
    }

    /** A topic of the catalogue as it is to be made. */
    NewTopic newTopic(Topic topic) {
        Map<String, String> all = new HashMap<>(topic.settings());
        if (minInsyncReplicas > 0) {
            all.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(minInsyncReplicas));
        }
        return new NewTopic(
                        topic.name(),
                        Optional.of(topic.partitions()),
                        replicationFactor > 0 ? Optional.of(replicationFactor) : Optional.empty())
                .configs(all);
    }
}
