package dev.millrace.serving.live;

import dev.millrace.serving.query.LiveQueries.LiveAnswer;
import dev.millrace.serving.query.LiveQueries.LiveQuery;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One query and all who watch it. It is asked by a thread of its own while anybody watches; who is
 * slow gets the latest answer next, and not those between.
 */
final class Watch {

    private static final Logger log = LoggerFactory.getLogger(Watch.class);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(30);

    private final LiveQuery query;
    private final LiveSettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Condition rounds = lock.newCondition();
    private final Condition end = lock.newCondition();
    private @Nullable Event latest;
    private long begun;
    private long done;
    private int watchers;
    private boolean ended;

    /**
     * What watchers are told.
     *
     * @param number grows with each
     * @param answer null if the query failed
     * @param failure why it did
     */
    record Event(long number, @Nullable LiveAnswer answer, @Nullable String failure) {}

    Watch(LiveQuery query, LiveSettings settings) {
        this.query = query;
        this.settings = settings;
    }

    /** Adds a watcher; false if the watch has ended, as nobody watched any more. */
    boolean join() {
        lock.lock();
        try {
            if (ended) {
                return false;
            }
            watchers++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether this was the last one, with whom it ends. */
    boolean leave() {
        lock.lock();
        try {
            watchers--;
            ended = watchers == 0;
            if (ended) {
                end.signal();
            }
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /** The round of looking for changes that has begun last. */
    long round() {
        lock.lock();
        try {
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The latest event after the one of that number, if it was still true after a round; nothing if
     * none comes in time.
     */
    Optional<Event> after(long number, long round, Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lockInterruptibly();
        try {
            while (done <= round && left > 0) {
                left = rounds.awaitNanos(left);
            }
            while ((latest == null || latest.number() <= number) && left > 0) {
                left = news.awaitNanos(left);
            }
            if (latest == null || latest.number() <= number || done <= round) {
                return Optional.empty();
            }
            return Optional.of(latest);
        } finally {
            lock.unlock();
        }
    }

    /** Asks the query again and again, until nobody watches. */
    void run() {
        long pause = 0;
        long asked = 0;
        @Nullable LiveAnswer current = null;
        try {
            while (pauseUnlessEnded(Math.max(pause, settings.interval().toNanos()))) {
                pause = 0;
                begin();
                try {
                    if (current != null && !isDue(current, asked)) {
                        complete();
                        continue;
                    }
                    asked = System.nanoTime();
                    Optional<LiveAnswer> answer = query.answer();
                    if (answer.isEmpty()) {
                        continue;
                    }
                    if (current == null || !current.hasRowsOf(answer.get())) {
                        tell(answer.get(), null);
                    }
                    current = answer.get();
                    complete();
                } catch (RuntimeException e) {
                    current = null;
                    pause =
                            Math.clamp(
                                    2 * (System.nanoTime() - asked),
                                    settings.movingInterval().toNanos(),
                                    LONGEST_PAUSE);
                    fail(e);
                    complete();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void begin() {
        lock.lock();
        try {
            begun++;
        } finally {
            lock.unlock();
        }
    }

    /** What was told last is true of the moment at which the round began. */
    private void complete() {
        lock.lock();
        try {
            done = begun;
            rounds.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isDue(LiveAnswer current, long asked) throws InterruptedException {
        if (!query.isCurrent(current)) {
            return true;
        }
        return System.nanoTime() - asked >= settings.movingInterval().toNanos()
                && query.moves(current);
    }

    /** Whether anybody still watches after a while; the first answer is not waited for. */
    private boolean pauseUnlessEnded(long nanos) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (latest != null && !ended && left > 0) {
                left = end.awaitNanos(left);
            }
            return !ended;
        } finally {
            lock.unlock();
        }
    }

    private void fail(RuntimeException e) {
        String failure = String.valueOf(e.getMessage());
        lock.lock();
        try {
            if (latest != null && failure.equals(latest.failure())) {
                return;
            }
        } finally {
            lock.unlock();
        }
        log.warn("A watched query failed: {}", failure);
        tell(null, failure);
    }

    private void tell(@Nullable LiveAnswer answer, @Nullable String failure) {
        lock.lock();
        try {
            latest = new Event(latest == null ? 1 : latest.number() + 1, answer, failure);
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
