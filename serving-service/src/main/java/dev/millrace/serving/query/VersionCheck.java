package dev.millrace.serving.query;

import org.springframework.stereotype.Component;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Asks the warehouse whether relations are still as they were. Who asks while a question is under
 * way waits for the next, which is everybody's: an answer that is called current was so after it
 * was asked for, and however many ask, there is one question at a time.
 */
@Component
class VersionCheck implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 10;

    private final Warehouse warehouse;
    private final ReadSet reads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition asked = lock.newCondition();
    private final Thread thread;
    private Question collecting = new Question();
    private volatile boolean closed;

    /** What one question is about, and its answer: each relation as it is now. */
    private static final class Question {
        private final Set<Long> oids = new HashSet<>();
        private final CompletableFuture<Map<Long, ReadRelation>> answer = new CompletableFuture<>();
    }

    VersionCheck(Warehouse warehouse, ReadSet reads) {
        this.warehouse = warehouse;
        this.reads = reads;
        this.thread = Thread.ofVirtual().name("version-check").start(this::answerAll);
    }

    /** Whether none of the relations has changed; false if that cannot be found out. */
    boolean areSame(List<ReadRelation> relations) throws InterruptedException {
        CompletableFuture<Map<Long, ReadRelation>> answer = ask(relations);
        try {
            Map<Long, ReadRelation> now = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return relations.stream().allMatch(then -> then.isSame(now.get(then.oid())));
        } catch (ExecutionException | TimeoutException e) {
            // The query itself is asked then, and says what is wrong.
            return false;
        }
    }

    private CompletableFuture<Map<Long, ReadRelation>> ask(List<ReadRelation> relations) {
        lock.lock();
        try {
            relations.forEach(relation -> collecting.oids.add(relation.oid()));
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
                return;
            }
            try (Connection connection = warehouse.checking()) {
                Map<Long, ReadRelation> now = new HashMap<>();
                for (ReadRelation relation : reads.now(connection, question.oids.stream())) {
                    now.put(relation.oid(), relation);
                }
                question.answer.complete(now);
            } catch (SQLException | RuntimeException e) {
                question.answer.completeExceptionally(e);
            }
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
