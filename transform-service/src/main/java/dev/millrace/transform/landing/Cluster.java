package dev.millrace.transform.landing;

import dev.millrace.contracts.topic.Topics;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/** What landing must know of the Kafka cluster, and the topics that it makes there. */
final class Cluster implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Cluster.class);

    private static final Duration TOPICS_KEPT = Duration.ofSeconds(2);

    private final Admin admin;
    private volatile @Nullable String id;
    private final Set<String> untold = ConcurrentHashMap.newKeySet();
    private Set<String> topics = Set.of();
    private long topicsAsOf;
    private boolean topicsKnown;

    Cluster(Admin admin) {
        this.admin = admin;
    }

    /** The cluster's id, which does not change. */
    String id() throws ExecutionException, InterruptedException {
        String known = id;
        if (known == null) {
            known = admin.describeCluster().clusterId().get();
            id = known;
        }
        return known;
    }

    /** The topics that there are, or were two seconds ago. */
    synchronized Set<String> topics() throws ExecutionException, InterruptedException {
        long now = System.nanoTime();
        if (!topicsKnown || now - topicsAsOf > TOPICS_KEPT.toNanos()) {
            topics = Set.copyOf(admin.listTopics().names().get());
            topicsAsOf = now;
            topicsKnown = true;
        }
        return topics;
    }

    /** The ids of topics, as each of that name has now. */
    Map<String, UUID> topicIds(Collection<String> topics)
            throws ExecutionException, InterruptedException {
        Map<String, TopicDescription> described =
                admin.describeTopics(TopicCollection.ofTopicNames(topics)).allTopicNames().get();
        return described.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> uuid(e.getValue().topicId())));
    }

    /** Offsets after the last record of each partition. */
    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions)
            throws ExecutionException, InterruptedException {
        return offsets(partitions, OffsetSpec.latest());
    }

    /** An offset of each partition; of those only that tell it. */
    Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, InterruptedException {
        return offsets(partitions.stream().collect(Collectors.toMap(p -> p, _ -> which)));
    }

    /** An offset of each partition; of those only that tell it. */
    Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetSpec> which)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        var asked = admin.listOffsets(which);
        for (TopicPartition partition : which.keySet()) {
            try {
                offsets.put(partition, asked.partitionResult(partition).get().offset());
            } catch (ExecutionException e) {
                log.debug("No offset of {} to be had", partition, e);
            }
        }
        return offsets;
    }

    /** How long topics keep their records; of those only that tell it, or that Millrace made. */
    Map<String, Retention> retentions(Collection<String> topics) throws InterruptedException {
        Map<ConfigResource, KafkaFuture<Config>> asked =
                admin.describeConfigs(
                                topics.stream()
                                        .map(
                                                topic ->
                                                        new ConfigResource(
                                                                ConfigResource.Type.TOPIC, topic))
                                        .toList())
                        .values();
        Map<String, Retention> retentions = new HashMap<>();
        for (Map.Entry<ConfigResource, KafkaFuture<Config>> topic : asked.entrySet()) {
            String name = topic.getKey().name();
            try {
                retentions.put(name, retention(topic.getValue().get()));
            } catch (ExecutionException e) {
                // Without the right to ask, there is what Millrace makes its own topics with.
                retentions.put(
                        name,
                        name.startsWith("raw.") || name.startsWith("millrace.")
                                ? new Retention(millis(Topics.QUARANTINE.settings()), null)
                                : Retention.FOREVER);
                if (untold.add(name)) {
                    log.info(
                            "The topic {} does not tell its retention ({}): give this service the"
                                    + " right DescribeConfigs on it, so that it can sound an alarm"
                                    + " in time",
                            name,
                            e.getMessage());
                }
            }
        }
        return retentions;
    }

    private static Retention retention(Config config) {
        ConfigEntry policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
        if (policy != null && !policy.value().contains(TopicConfig.CLEANUP_POLICY_DELETE)) {
            return Retention.FOREVER;
        }
        Map<String, String> settings = new HashMap<>();
        config.entries().forEach(entry -> settings.put(entry.name(), entry.value()));
        return new Retention(
                millis(settings), positive(settings.get(TopicConfig.RETENTION_BYTES_CONFIG)));
    }

    private static @Nullable Long millis(Map<String, String> settings) {
        return positive(settings.get(TopicConfig.RETENTION_MS_CONFIG));
    }

    private static @Nullable Long positive(@Nullable String number) {
        return number == null || number.startsWith("-") ? null : Long.valueOf(number);
    }

    /** Bytes of the partitions; of none if this service may not know. */
    Map<TopicPartition, Long> sizes() throws InterruptedException {
        Map<TopicPartition, Long> sizes = new HashMap<>();
        try {
            List<Integer> brokers =
                    admin.describeCluster().nodes().get().stream().map(Node::id).toList();
            admin.describeLogDirs(brokers)
                    .allDescriptions()
                    .get()
                    .values()
                    .forEach(
                            directories ->
                                    directories
                                            .values()
                                            .forEach(
                                                    directory ->
                                                            directory
                                                                    .replicaInfos()
                                                                    .forEach(
                                                                            (partition, replica) ->
                                                                                    sizes.merge(
                                                                                            partition,
                                                                                            replica
                                                                                                    .size(),
                                                                                            Math
                                                                                                    ::max))));
        } catch (ExecutionException e) {
            log.debug("The sizes of partitions are not to be had", e);
        }
        return sizes;
    }

    /** Creates the topics that are not there yet. */
    void create(Set<NewTopic> wanted) throws ExecutionException, InterruptedException {
        Set<String> there = admin.listTopics().names().get();
        for (NewTopic topic : wanted) {
            if (there.contains(topic.name())) {
                continue;
            }
            try {
                admin.createTopics(Set.of(topic)).all().get();
                log.info("Created the topic {}", topic.name());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    private static UUID uuid(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    @Override
    public void close() {
        admin.close();
    }
}
