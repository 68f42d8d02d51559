package dev.millrace.transform.landing;

import dev.millrace.contracts.topic.Topic;
import dev.millrace.contracts.topic.Topics;

import org.apache.kafka.clients.admin.NewTopic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Keeps the landers at work, and the topics in being that they need, while the service runs. */
final class Landers implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Landers.class);

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration TOPICS_EVERY = Duration.ofSeconds(2);

    private final LandingSettings settings;
    private final TopicSettings topics;
    private final IntFunction<Lander> newLander;
    private final Supplier<Routes> routes;
    private final Cluster cluster;
    private final List<Lander> landers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    Landers(
            LandingSettings settings,
            TopicSettings topics,
            IntFunction<Lander> newLander,
            Supplier<Routes> routes,
            Cluster cluster) {
        this.settings = settings;
        this.topics = topics;
        this.newLander = newLander;
        this.routes = routes;
        this.cluster = cluster;
    }

    @Override
    public synchronized void start() {
        if (!settings.enabled() || isRunning()) {
            return;
        }
        threads.add(Thread.ofPlatform().name("landing-topics").daemon().start(this::keepTopics));
        for (int i = 1; i <= settings.concurrency(); i++) {
            Lander lander = newLander.apply(i);
            landers.add(lander);
            threads.add(Thread.ofPlatform().name("lander-" + i).start(lander));
        }
    }

    @Override
    public synchronized void stop() {
        landers.forEach(Lander::stop);
        if (!threads.isEmpty()) {
            threads.getFirst().interrupt();
        }
        for (Thread thread : threads) {
            try {
                if (!thread.join(PATIENCE)) {
                    log.warn("{} did not end in {}; it is interrupted", thread.getName(), PATIENCE);
                    thread.interrupt();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        landers.clear();
        threads.clear();
    }

    @Override
    public synchronized boolean isRunning() {
        return !threads.isEmpty();
    }

    /** Creates this service's topics, and those that the project declares, as revisions come. */
    private void keepTopics() {
        Set<NewTopic> made = Set.of();
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Set<NewTopic> wanted = wanted();
                if (!wanted.equals(made)) {
                    cluster.create(wanted);
                    made = wanted;
                }
                Thread.sleep(TOPICS_EVERY);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | RuntimeException e) {
                log.warn("Topics cannot be created yet: {}", e.getMessage());
                pause();
            }
        }
    }

    private Set<NewTopic> wanted() {
        Set<NewTopic> wanted = new HashSet<>();
        for (Topic topic : List.of(Topics.DATASETS, Topics.RUNS, Topics.SCHEMAS)) {
            wanted.add(
                    topics.newTopic(
                            topic.name(), Optional.of(topic.partitions()), topic.settings()));
        }
        for (String topic : routes.get().declaredTopics()) {
            // As many partitions as the cluster gives a topic by default.
            wanted.add(topics.newTopic(topic, Optional.empty(), Map.of()));
        }
        return wanted;
    }

    private static void pause() {
        try {
            Thread.sleep(TOPICS_EVERY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
