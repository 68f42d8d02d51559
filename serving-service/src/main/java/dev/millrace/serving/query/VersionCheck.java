package dev.millrace.serving.query;

import org.springframework.stereotype.Component;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Asks the warehouse whether relations are still as they were. Who asks while a question is under
 * way waits for the next, which is everybody's: an answer that is called current was so after it
 * was asked for, and however many ask, there is one question at a time.
 */
@Component
class VersionCheck implements AutoCloseable {

    /** How long nobody waits for a warehouse that did not answer for as long. */
    private static final long PAUSE = Duration.ofSeconds(1).toNanos();

    /**
     * How many nanoseconds others are waited for where several had just asked at once: a question
     * costs the same for one and for thirty, and of those that follow at once each is for a few.
     */
    private static final long GATHERING = 300_000;

    private final Warehouse warehouse;
    private final ReadSet reads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition asked = lock.newCondition();
    private final Thread thread;
    private Question collecting = new Question();
    private volatile boolean closed;
    private long pauseEnd = System.nanoTime();

    /** What was seen last, by the thread alone. */
    private ReadSet.Seen last = ReadSet.Seen.NOTHING;

    /**
     * Whether no transaction had come to its end between the last two questions. Then the next asks
     * first whether one has meanwhile, which costs half as much; where there is always one, that
     * would be in vain.
     */
    private boolean quiet;

    /** What one question is about, and its answer: each relation as it is now. */
    private static final class Question {
        private final Set<Long> oids = new HashSet<>();
        private int askers;
        private final CompletableFuture<Map<Long, ReadRelation>> answer = new CompletableFuture<>();
    }

    VersionCheck(Warehouse warehouse, ReadSet reads) {
        this.warehouse = warehouse;
        this.reads = reads;
        this.thread = Thread.ofPlatform().daemon().name("version-check").start(this::answerAll);
    }

    /** What is found out. */
    enum Finding {
        SAME,
        CHANGED,
        UNKNOWN
    }

    /** Whether none of the relations has changed. */
    Finding of(List<ReadRelation> relations) throws InterruptedException {
        if (relations.isEmpty()) {
            return Finding.SAME;
        }
        try {
            Map<Long, ReadRelation> now = ask(relations).get();
            for (ReadRelation then : relations) {
                if (!then.isSame(now.get(then.oid()))) {
                    return Finding.CHANGED;
                }
            }
            return Finding.SAME;
        } catch (ExecutionException e) {
            // The query itself is asked then, and says what is wrong.
            return Finding.UNKNOWN;
        }
    }

    private CompletableFuture<Map<Long, ReadRelation>> ask(List<ReadRelation> relations) {
        lock.lock();
        try {
            if (pauseEnd - System.nanoTime() > 0) {
                return CompletableFuture.failedFuture(
                        new IllegalStateException("the warehouse has just failed to answer"));
            }
            relations.forEach(relation -> collecting.oids.add(relation.oid()));
            collecting.askers++;
            asked.signal();
            return collecting.answer;
        } finally {
            lock.unlock();
        }
    }

    private void answerAll() {
        while (!closed) {
            Question question;
            try {
                question = take();
            } catch (InterruptedException e) {
                break;
            }
            long began = System.nanoTime();
            try {
                question.answer.complete(now(question.oids));
            } catch (SQLException | RuntimeException | Error e) {
                last = ReadSet.Seen.NOTHING;
                quiet = false;
                question.answer.completeExceptionally(e);
                if (System.nanoTime() - began >= PAUSE) {
                    failThoseWhoWait(e, PAUSE);
                }
            }
            if (question.askers > 1) {
                LockSupport.parkNanos(GATHERING);
            }
        }
        failThoseWhoWait(new IllegalStateException("closed"), Long.MAX_VALUE);
    }

    private void failThoseWhoWait(Throwable reason, long pause) {
        lock.lock();
        try {
            pauseEnd = System.nanoTime() + pause;
            collecting.answer.completeExceptionally(reason);
            collecting = new Question();
        } finally {
            lock.unlock();
        }
    }

    private Map<Long, ReadRelation> now(Set<Long> oids) throws SQLException {
        try (Connection connection = warehouse.checking()) {
            if (quiet && last.relations().keySet().containsAll(oids)) {
                quiet = last.snapshot().equals(ReadSet.snapshot(connection));
                if (quiet) {
                    return last.relations();
                }
            }
            ReadSet.Seen seen = reads.seen(connection, oids);
            quiet = seen.snapshot().equals(last.snapshot());
            last = quiet ? last.and(seen) : seen;
            return seen.relations();
        }
    }

    private Question take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (collecting.oids.isEmpty()) {
                asked.await();
            }
            Question question = collecting;
            collecting = new Question();
            return question;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
