package dev.millrace.serving.publish;

import dev.millrace.contracts.topic.Topic;
import dev.millrace.operations.background.BackgroundWork;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import tools.jackson.databind.json.JsonMapper;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells other services what this one wants, on compacted topics: the latest record of a key counts.
 * Who tells never waits, and hears of no failure. It is tried again until Kafka has it, or
 * something later is told of the same key; where there is no Kafka, nobody is told.
 */
public final class Announcements extends BackgroundWork {

    private static final Logger log = LoggerFactory.getLogger(Announcements.class);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Optional<TopicWriter> writer;
    private final JsonMapper json;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition told = lock.newCondition();
    private final Map<Topic, Change> waiting = new LinkedHashMap<>();
    private final Map<Topic, String> complaints = new HashMap<>();
    private Duration pause = FIRST_PAUSE;

    Announcements(Optional<TopicWriter> writer, JsonMapper json) {
        super("announcements");
        this.writer = writer;
        this.json = json;
    }

    /** Whether there is anybody to tell. */
    public boolean isOn() {
        return writer.isPresent();
    }

    /** Has a topic carry exactly these records; what else it has is withdrawn. */
    public void tellAll(Topic topic, Map<String, ?> records) {
        Map<String, byte[]> all = new LinkedHashMap<>();
        records.forEach((key, event) -> all.put(key, json.writeValueAsBytes(event)));
        add(topic, Change.toAll(all));
    }

    /** Has a topic carry this record. */
    public void tell(Topic topic, String key, Object event) {
        add(topic, Change.of(key, Optional.of(json.writeValueAsBytes(event))));
    }

    /** Has a topic carry no record of a key. */
    public void withdraw(Topic topic, String key) {
        add(topic, Change.of(key, Optional.empty()));
    }

    private void add(Topic topic, Change change) {
        if (writer.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            waiting.merge(topic, change, Change::then);
            told.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something is told, and writes all that is. */
    @Override
    protected void round() throws InterruptedException {
        boolean failed = false;
        for (Map.Entry<Topic, Change> entry : take().entrySet()) {
            failed |= !write(entry.getKey(), entry.getValue());
        }
        if (failed) {
            Thread.sleep(pause);
            Duration longer = pause.multipliedBy(2);
            pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
        } else {
            pause = FIRST_PAUSE;
        }
    }

    private Map<Topic, Change> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty()) {
                told.await();
            }
            Map<Topic, Change> taken = new LinkedHashMap<>(waiting);
            waiting.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private boolean write(Topic topic, Change change) throws InterruptedException {
        try {
            writer.orElseThrow().write(topic, change);
            complaints.remove(topic);
            return true;
        } catch (TopicWriter.UnavailableException e) {
            giveBack(topic, change);
            String words = String.valueOf(e.getMessage());
            if (!words.equals(complaints.put(topic, words))) {
                log.warn(
                        "Kafka does not take what is to be told on {}; it is tried again: {}",
                        topic.name(),
                        words);
            }
            return false;
        } catch (RuntimeException e) {
            giveBack(topic, change);
            throw e;
        }
    }

    /** What was told in the meantime is later. */
    private void giveBack(Topic topic, Change earlier) {
        lock.lock();
        try {
            waiting.merge(topic, earlier, (later, first) -> first.then(later));
        } finally {
            lock.unlock();
        }
    }
}
