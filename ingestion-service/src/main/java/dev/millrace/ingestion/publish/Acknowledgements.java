package dev.millrace.ingestion.publish;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
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

    /** Whether to wait helps: the problem is one that passes by itself. */
    static boolean isPassing(Exception problem) {
        return problem instanceof RetriableException;
    }

    /**
     * Whether the producer fails from now on, whatever it is given. An error about one topic is not
     * one of these: the others' records are on their way through the same producer.
     */
    static boolean endsProducer(Exception problem) {
        return problem instanceof ClusterAuthorizationException
                || problem instanceof TransactionalIdAuthorizationException
                || problem instanceof ProducerFencedException
                || problem instanceof InvalidProducerEpochException
                || problem instanceof InvalidPidMappingException
                || problem instanceof UnsupportedVersionException
                || problem instanceof IllegalStateException
                // What a producer throws that is in an error state, or closed meanwhile.
                || problem.getClass().equals(KafkaException.class);
    }
}
