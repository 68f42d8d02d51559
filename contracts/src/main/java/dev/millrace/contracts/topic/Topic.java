package dev.millrace.contracts.topic;

import java.time.Duration;
import java.util.Map;

/**
 * One topic of the catalogue.
 *
 * @param name the topic's name on the cluster
 * @param key what the record key means, that is: what stays in order
 * @param partitions how many partitions it is created with; an existing topic keeps its own number
 * @param cleanup whether old records go by age or by key
 * @param retention how long records are kept; ignored for a compacted topic
 * @param owner the service that creates the topic
 */
public record Topic(
        String name, String key, int partitions, Cleanup cleanup, Duration retention, Owner owner) {

    /** How the broker frees space. */
    public enum Cleanup {
        DELETE,
        COMPACT
    }

    /** The service that creates a topic and may change its settings. */
    public enum Owner {
        INGESTION,
        TRANSFORM,
        SERVING
    }

    public Topic {
        if (partitions < 1) {
            throw new IllegalArgumentException("a topic has at least one partition: " + name);
        }
    }

    /** The topic-level settings that the owner creates the topic with, as the broker names them. */
    public Map<String, String> settings() {
        return switch (cleanup) {
            case COMPACT -> Map.of("cleanup.policy", "compact");
            case DELETE ->
                    Map.of(
                            "cleanup.policy",
                            "delete",
                            "retention.ms",
                            Long.toString(retention.toMillis()));
        };
    }

    /** The same topic with another number of partitions. */
    public Topic withPartitions(int count) {
        return new Topic(name, key, count, cleanup, retention, owner);
    }
}
