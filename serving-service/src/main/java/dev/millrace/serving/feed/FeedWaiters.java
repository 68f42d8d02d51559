package dev.millrace.serving.feed;

import dev.millrace.operations.background.BackgroundWork;
import dev.millrace.serving.query.RelationReads;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Readers that wait for a change. One question is asked for all of them, ten times a second. */
@Component
class FeedWaiters extends BackgroundWork {

    private static final Logger log = LoggerFactory.getLogger(FeedWaiters.class);

    private static final long LOOK_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final RelationReads reads;
    private final FeedSettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition asked = lock.newCondition();
    private final Condition answered = lock.newCondition();
    private final Map<String, Integer> waiting = new HashMap<>();
    private Map<String, RelationReads.State> states = Map.of();
    private int waiters;
    private long begun;
    private long done;
    private boolean stopped;

    FeedWaiters(RelationReads reads, FeedSettings settings, MeterRegistry meters) {
        super("feed-waiters");
        this.reads = reads;
        this.settings = settings;
        Gauge.builder("millrace.serving.feed.waiters", this, FeedWaiters::waiters)
                .description("Requests that wait for a change of a relation")
                .register(meters);
    }

    private int waiters() {
        lock.lock();
        try {
            return waiters;
        } finally {
            lock.unlock();
        }
    }

    /** Whether there was room to wait. Returns when the state is as wanted, or it is time to. */
    boolean await(
            String relation,
            Predicate<RelationReads.State> wanted,
            Duration patience,
            BooleanSupplier isGone)
            throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        lock.lockInterruptibly();
        try {
            if (waiters >= settings.maxWaiters()) {
                return false;
            }
            waiters++;
            waiting.merge(relation, 1, Integer::sum);
            asked.signal();
            long joined = begun;
            try {
                while (!stopped && !isKnown(relation, wanted, joined)) {
                    long left = end - System.nanoTime();
                    if (left <= 0 || isGone.getAsBoolean()) {
                        break;
                    }
                    answered.awaitNanos(Math.min(left, LOOK_UP_NANOS));
                }
            } finally {
                waiters--;
                waiting.computeIfPresent(relation, (_, n) -> n == 1 ? null : n - 1);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** What was asked before somebody began to wait says nothing to them. */
    private boolean isKnown(String relation, Predicate<RelationReads.State> wanted, long joined) {
        RelationReads.@Nullable State state = states.get(relation);
        return done > joined && state != null && wanted.test(state);
    }

    @Override
    protected void round() throws InterruptedException {
        Set<String> relations = take();
        try {
            Map<String, RelationReads.State> found = reads.states(relations);
            answer(found);
        } catch (RuntimeException e) {
            log.warn("It cannot be seen whether relations change: {}", e.getMessage());
            Thread.sleep(RETRY);
        }
        Thread.sleep(settings.interval());
    }

    private Set<String> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty()) {
                asked.await();
            }
            begun++;
            return Set.copyOf(waiting.keySet());
        } finally {
            lock.unlock();
        }
    }

    private void answer(Map<String, RelationReads.State> found) {
        lock.lock();
        try {
            states = found;
            done = begun;
            answered.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The service stops: nobody is to wait any longer. */
    @Override
    protected void finish() {
        lock.lock();
        try {
            stopped = true;
            answered.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
