package dev.millrace.ingestion.publish;

import dev.millrace.contracts.topic.Topic;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** Asks Kafka for topics, and whether it is there at all. */
final class TopicAdmin implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TopicAdmin.class);

    private static final int TIMEOUT_MILLIS = 3_000;

    private final Map<String, Object> configuration;
    private final TopicSettings settings;
    private @Nullable Admin current;
    private boolean closed;

    /** Kafka cannot be asked now, or says no. */
    static final class UnavailableException extends Exception {

        UnavailableException(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * What became of each topic.
     *
     * @param there those that are there now
     * @param failures why not, of the others
     */
    record Outcome(Map<String, TopicState> there, Map<String, String> failures) {}

    TopicAdmin(Map<String, Object> cluster, TopicSettings settings) {
        this.configuration = new HashMap<>(cluster);
        configuration.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        configuration.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        this.settings = settings;
    }

    /**
     * Creates the topics that are not there, each for itself. One that is keeps its settings, and
     * needs no right to create it.
     *
     * @throws UnavailableException if nothing can be said of any of them
     */
    Outcome ensure(Collection<Topic> topics) throws UnavailableException, InterruptedException {
        try {
            Map<String, TopicState> there = new HashMap<>();
            Map<String, String> failures = new HashMap<>();
            List<NewTopic> missing = look(topics, there, failures);
            create(missing, there, failures);
            complete(there);
            return new Outcome(there, failures);
        } catch (KafkaException e) {
            throw new UnavailableException(e);
        }
    }

    /** How many brokers the cluster has. */
    int brokers() throws UnavailableException, InterruptedException {
        try {
            return admin().describeCluster().nodes().get().size();
        } catch (ExecutionException e) {
            throw new UnavailableException(cause(e));
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

    private List<NewTopic> look(
            Collection<Topic> topics, Map<String, TopicState> there, Map<String, String> failures)
            throws InterruptedException {
        Map<String, Topic> byName = new HashMap<>();
        topics.forEach(topic -> byName.put(topic.name(), topic));
        List<NewTopic> missing = new ArrayList<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> entry :
                admin().describeTopics(byName.keySet()).topicNameValues().entrySet()) {
            String name = entry.getKey();
            try {
                int replicas = entry.getValue().get().partitions().getFirst().replicas().size();
                there.put(name, new TopicState(replicas, 0, TopicState.USUAL_MAX_RECORD_BYTES));
            } catch (ExecutionException e) {
                if (cause(e) instanceof UnknownTopicOrPartitionException) {
                    missing.add(newTopic(Objects.requireNonNull(byName.get(name))));
                } else {
                    failures.put(name, words(e));
                }
            }
        }
        return missing;
    }

    private void create(
            List<NewTopic> missing, Map<String, TopicState> there, Map<String, String> failures)
            throws InterruptedException {
        if (missing.isEmpty()) {
            return;
        }
        for (Map.Entry<String, KafkaFuture<Void>> creation :
                admin().createTopics(missing).values().entrySet()) {
            try {
                creation.getValue().get();
                there.put(creation.getKey(), TopicState.UNKNOWN);
            } catch (ExecutionException e) {
                if (cause(e) instanceof TopicExistsException) {
                    // Another replica of this service was faster.
                    there.put(creation.getKey(), TopicState.UNKNOWN);
                } else {
                    failures.put(creation.getKey(), words(e));
                }
            }
        }
    }

    /** Adds what the topics' settings say; nobody needs the right to read them. */
    private void complete(Map<String, TopicState> there) throws InterruptedException {
        List<ConfigResource> resources =
                there.keySet().stream()
                        .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                        .toList();
        for (Map.Entry<ConfigResource, KafkaFuture<Config>> entry :
                admin().describeConfigs(resources).values().entrySet()) {
            try {
                Config config = entry.getValue().get();
                there.computeIfPresent(
                        entry.getKey().name(),
                        (name, state) ->
                                new TopicState(
                                        state.replicas(),
                                        number(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, 0),
                                        number(
                                                config,
                                                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                                                state.maxRecordBytes())));
            } catch (ExecutionException e) {
                log.debug("The settings of {} cannot be read", entry.getKey(), e);
            }
        }
    }

    private static int number(Config config, String name, int otherwise) {
        ConfigEntry entry = config.get(name);
        return entry == null || entry.value() == null ? otherwise : Integer.parseInt(entry.value());
    }

    private NewTopic newTopic(Topic topic) {
        Optional<Short> replicas =
                settings.replicationFactor() == TopicSettings.DEFAULT
                        ? Optional.empty()
                        : Optional.of(settings.replicationFactor());
        Map<String, String> configs = new HashMap<>(topic.settings());
        if (settings.minInsyncReplicas() != TopicSettings.DEFAULT) {
            configs.put(
                    TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                    Integer.toString(settings.minInsyncReplicas()));
        }
        return new NewTopic(topic.name(), Optional.of(topic.partitions()), replicas)
                .configs(configs);
    }

    private static Throwable cause(ExecutionException e) {
        return e.getCause() == null ? e : e.getCause();
    }

    /** Without what differs from time to time, so that the same problem is told once. */
    private static String words(ExecutionException e) {
        if (cause(e) instanceof TimeoutException) {
            return "Kafka does not answer within " + TIMEOUT_MILLIS + " ms";
        }
        return String.valueOf(cause(e).getMessage());
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
