package dev.millrace.ingestion.publish;

import dev.millrace.contracts.topic.Topic;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** Asks Kafka for topics, and whether it is there at all. */
final class TopicAdmin implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 3_000;

    private final Map<String, Object> configuration;
    private final short replicationFactor;
    private @Nullable Admin current;
    private boolean closed;

    /** Kafka cannot be asked now, or says no. */
    static final class UnavailableException extends Exception {

        UnavailableException(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }

    TopicAdmin(Map<String, Object> cluster, PublishSettings settings) {
        this.configuration = new HashMap<>(cluster);
        configuration.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        configuration.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        this.replicationFactor = settings.replicationFactor();
    }

    /**
     * Creates the topics that are not there. One that is keeps its settings, and needs no right to
     * create it.
     */
    void create(List<Topic> topics) throws UnavailableException, InterruptedException {
        try {
            List<NewTopic> missing = missing(topics);
            if (missing.isEmpty()) {
                return;
            }
            for (KafkaFuture<Void> creation : admin().createTopics(missing).values().values()) {
                try {
                    creation.get();
                } catch (ExecutionException e) {
                    // Another replica of this service may have been faster.
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw e;
                    }
                }
            }
        } catch (ExecutionException e) {
            throw new UnavailableException(e.getCause() == null ? e : e.getCause());
        } catch (KafkaException e) {
            throw new UnavailableException(e);
        }
    }

    /** How many brokers the cluster has. */
    int brokers() throws UnavailableException, InterruptedException {
        try {
            return admin().describeCluster().nodes().get().size();
        } catch (ExecutionException e) {
            throw new UnavailableException(e.getCause() == null ? e : e.getCause());
        } catch (KafkaException e) {
            throw new UnavailableException(e);
        }
    }

    @Override
    public void close() {
        Admin last;
        synchronized (this) {
            closed = true;
            last = current;
            current = null;
        }
        if (last != null) {
            last.close(Duration.ZERO);
        }
    }

    private List<NewTopic> missing(List<Topic> topics)
            throws ExecutionException, InterruptedException {
        Map<String, Topic> byName = new HashMap<>();
        topics.forEach(topic -> byName.put(topic.name(), topic));
        Map<String, KafkaFuture<TopicDescription>> descriptions =
                admin().describeTopics(byName.keySet()).topicNameValues();
        List<NewTopic> missing = new ArrayList<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> entry : descriptions.entrySet()) {
            try {
                entry.getValue().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                missing.add(newTopic(Objects.requireNonNull(byName.get(entry.getKey()))));
            }
        }
        return missing;
    }

    private NewTopic newTopic(Topic topic) {
        Optional<Short> replicas =
                replicationFactor < 1 ? Optional.empty() : Optional.of(replicationFactor);
        return new NewTopic(topic.name(), Optional.of(topic.partitions()), replicas)
                .configs(topic.settings());
    }

    private synchronized Admin admin() {
        if (closed) {
            throw new KafkaException("the service is stopping");
        }
        if (current == null) {
            current = Admin.create(configuration);
        }
        return current;
    }
}
