package dev.millrace.transform.landing;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/** What landing must know of the Kafka cluster, and the topics that it makes there. */
final class Cluster implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Cluster.class);

    private static final Duration TOPICS_KEPT = Duration.ofSeconds(2);

    private final Admin admin;
    private volatile @Nullable String id;
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
        Map<TopicPartition, Long> ends = new HashMap<>();
        var asked =
                admin.listOffsets(
                        partitions.stream()
                                .collect(Collectors.toMap(p -> p, _ -> OffsetSpec.latest())));
        for (TopicPartition partition : partitions) {
            try {
                ends.put(partition, asked.partitionResult(partition).get().offset());
            } catch (ExecutionException e) {
                log.debug("No end of {} to be had", partition, e);
            }
        }
        return ends;
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
