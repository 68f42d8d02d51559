package dev.millrace.ingestion.publish;

import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** What Kafka said of the records of one request. */
final class Acknowledgements {

    private final CountDownLatch open;
    private final Queue<Integer> tooLarge = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    Acknowledgements(int records) {
        this.open = new CountDownLatch(records);
    }

    /** Notes what became of a record. */
    void add(int index, @Nullable Exception problem) {
        if (problem instanceof RecordTooLargeException) {
            tooLarge.add(index);
        } else if (problem != null) {
            failure.compareAndSet(null, problem);
        }
        open.countDown();
    }

    /** Notes that a record was not even sent. */
    void skip() {
        open.countDown();
    }

    /** Waits for word of each; the producer gives up by itself after its delivery timeout. */
    void await() throws InterruptedException {
        open.await();
    }

    /** The first failure, if there is one so far. */
    @Nullable Exception failure() {
        return failure.get();
    }

    /** Records that were refused for their size, by their place. */
    List<Integer> tooLarge() {
        return tooLarge.stream().sorted().toList();
    }

    /** Whether the same producer would fail again. */
    static boolean isLasting(Exception problem) {
        return !(problem instanceof RetriableException);
    }
}
