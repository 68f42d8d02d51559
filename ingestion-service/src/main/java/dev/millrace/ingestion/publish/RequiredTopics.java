package dev.millrace.ingestion.publish;

import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.source.SegmentSource;
import dev.millrace.contracts.topic.Topic;
import dev.millrace.contracts.topic.Topics;
import dev.millrace.operations.revision.ProjectRevisions;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The topics that the doors of the project write to. They are created as the catalogue says before
 * anything is sent, as a broker would make up its own settings for a topic it does not know; for as
 * long as Kafka is away this is tried again.
 */
final class RequiredTopics implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(RequiredTopics.class);

    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final TopicAdmin admin;
    private final Set<String> present = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<List<Topic>> changes = new LinkedBlockingQueue<>();
    private volatile List<Topic> required = List.of();
    private @Nullable Thread thread;

    RequiredTopics(TopicAdmin admin, ProjectRevisions revisions) {
        this.admin = admin;
        revisions.subscribe(project -> require(topics(project)));
    }

    /** Whether a topic is there. */
    boolean has(String topic) {
        return present.contains(topic);
    }

    /** Those that the project needs and that are not there yet. */
    List<String> missing() {
        return required.stream().map(Topic::name).filter(name -> !has(name)).sorted().toList();
    }

    @Override
    public synchronized void start() {
        if (thread == null) {
            thread = Thread.ofVirtual().name("required-topics").start(this::run);
        }
    }

    @Override
    public synchronized void stop() {
        if (thread != null) {
            thread.interrupt();
            thread = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }

    private static List<Topic> topics(Project project) {
        List<Topic> topics = new ArrayList<>();
        topics.add(Topics.QUARANTINE);
        project.sources().stream()
                .filter(SegmentSource.class::isInstance)
                .map(source -> Topics.raw(source.name()))
                .forEach(topics::add);
        return List.copyOf(topics);
    }

    private void require(List<Topic> topics) {
        required = topics;
        changes.add(topics);
    }

    private void run() {
        try {
            while (true) {
                changes.take();
                ensure();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ensure() throws InterruptedException {
        long pause = FIRST_PAUSE_MILLIS;
        String told = "";
        while (true) {
            Map<String, Topic> open = new HashMap<>();
            required.forEach(topic -> open.put(topic.name(), topic));
            open.keySet().removeAll(present);
            if (open.isEmpty()) {
                return;
            }
            try {
                admin.create(List.copyOf(open.values()));
                present.addAll(open.keySet());
                log.info("The topics {} are there", open.keySet().stream().sorted().toList());
                return;
            } catch (TopicAdmin.UnavailableException e) {
                String words = Objects.toString(e.getMessage());
                if (!words.equals(told)) {
                    log.warn("The topics {} are not there yet: {}", open.keySet(), words);
                    told = words;
                }
                TimeUnit.MILLISECONDS.sleep(pause);
                pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
            }
        }
    }
}
