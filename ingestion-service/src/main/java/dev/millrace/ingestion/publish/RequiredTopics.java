package dev.millrace.ingestion.publish;

import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.source.SegmentSource;
import dev.millrace.contracts.topic.Topic;
import dev.millrace.contracts.topic.Topics;
import dev.millrace.operations.background.BackgroundWork;
import dev.millrace.operations.revision.ProjectRevisions;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The topics that the doors of the project write to. They are created as the catalogue says before
 * anything is sent, as a broker would make up its own settings for a topic it does not know. Each
 * is for itself: while one cannot be created, the doors of the others are open, and it is tried
 * again.
 */
final class RequiredTopics extends BackgroundWork {

    private static final Logger log = LoggerFactory.getLogger(RequiredTopics.class);

    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final TopicAdmin admin;
    private final TopicSettings settings;
    private final Map<String, TopicState> present = new ConcurrentHashMap<>();
    private final BlockingQueue<List<Topic>> changes = new LinkedBlockingQueue<>();
    private final Map<String, String> told = new HashMap<>();
    private volatile List<Topic> required = List.of();
    private long pause;

    RequiredTopics(TopicAdmin admin, TopicSettings settings, ProjectRevisions revisions) {
        super("required-topics");
        this.admin = admin;
        this.settings = settings;
        revisions.subscribe(project -> require(topics(project)));
    }

    /** Whether a topic is there. */
    boolean has(String topic) {
        return present.containsKey(topic);
    }

    /** How large a record of a topic may be, as far as that is known. */
    int maxRecordBytes(String topic) {
        return present.getOrDefault(topic, TopicState.UNKNOWN).maxRecordBytes();
    }

    /** Those that the project needs and that are not there yet. */
    List<String> missing() {
        return open().keySet().stream().sorted().toList();
    }

    /** Whether a door can take events, or there is none that could. */
    boolean opensADoor() {
        List<String> doors =
                required.stream()
                        .map(Topic::name)
                        .filter(name -> !name.equals(Topics.QUARANTINE.name()))
                        .toList();
        return doors.isEmpty() || doors.stream().anyMatch(this::has);
    }

    /** Waits for a project that needs more, or to try again, and tries all that is missing. */
    @Override
    protected void round() throws InterruptedException {
        List<Topic> change =
                open().isEmpty() ? changes.take() : changes.poll(pause, TimeUnit.MILLISECONDS);
        // Before what may fail, so that a failure is followed by a rest as well.
        pause = change == null ? Math.min(pause * 2, LONGEST_PAUSE_MILLIS) : FIRST_PAUSE_MILLIS;
        Map<String, Topic> open = open();
        if (!open.isEmpty()) {
            ensure(open);
        }
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

    private Map<String, Topic> open() {
        Map<String, Topic> open = new HashMap<>();
        for (Topic topic : required) {
            if (!has(topic.name())) {
                open.put(topic.name(), topic);
            }
        }
        return open;
    }

    private void ensure(Map<String, Topic> open) throws InterruptedException {
        try {
            TopicAdmin.Outcome outcome = admin.ensure(open.values());
            outcome.there().forEach(this::found);
            outcome.failures().forEach(this::failed);
        } catch (TopicAdmin.UnavailableException e) {
            String words = String.valueOf(e.getMessage());
            open.keySet().forEach(name -> failed(name, words));
        }
    }

    private void found(String name, TopicState state) {
        present.put(name, state);
        told.remove(name);
        log.info("The topic {} is there", name);
        if (state.isLessSafeThan(settings)) {
            log.warn(
                    "The topic {} has {} replicas, of which {} must be in sync; the settings ask"
                            + " for {} and {}. An existing topic keeps what it has: change it with"
                            + " kafka-configs and kafka-reassign-partitions, or events that were"
                            + " accepted may be lost with a broker",
                    name,
                    state.replicas(),
                    state.minInsyncReplicas(),
                    settings.replicationFactor(),
                    settings.minInsyncReplicas());
        }
    }

    private void failed(String name, String words) {
        if (!words.equals(told.put(name, words))) {
            log.warn("The topic {} is not there yet, and its door is closed: {}", name, words);
        }
    }
}
