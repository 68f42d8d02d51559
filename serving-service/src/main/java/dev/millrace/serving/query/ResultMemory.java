package dev.millrace.serving.query;

import dev.millrace.serving.semantic.QueryException;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.stereotype.Component;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory for results: how much of it one request may take, and how much all of them together,
 * from the moment a row is read until the last byte of the answer is sent.
 */
@Component
class ResultMemory {

    private static final int MIB = 1 << 20;

    private final long capacity;
    private final long perRequest;
    private final AtomicLong used = new AtomicLong();

    ResultMemory(WarehouseSettings settings, MeterRegistry meters) {
        this.capacity = settings.resultBytes();
        // Else a request that can never fit would be told to try again.
        this.perRequest = Math.min(settings.maxResultBytes().toBytes(), capacity);
        Gauge.builder("millrace.serving.result.memory.used", used, AtomicLong::doubleValue)
                .description("Bytes of results that are read or sent just now")
                .baseUnit("bytes")
                .register(meters);
        Gauge.builder("millrace.serving.result.memory.capacity", () -> capacity)
                .description("Bytes of results that may be held before callers get 503")
                .baseUnit("bytes")
                .register(meters);
    }

    long used() {
        return used.get();
    }

    /** Begins a share of nothing; it is closed when its request is answered. */
    Share share() {
        return new Share();
    }

    /** What one request holds. Whoever still writes when it is closed gets no more. */
    final class Share implements AutoCloseable {

        private long held;
        private boolean closed;

        private Share() {}

        /**
         * Takes more.
         *
         * @throws QueryException if that is more than one request may have
         * @throws BusyException if others hold what is needed
         */
        synchronized void take(long bytes) {
            if (closed) {
                throw new CancellationException("nobody waits for the answer any more");
            }
            if (held + bytes > perRequest) {
                throw QueryException.limit(
                        "The result is larger than %s; ask for fewer rows or members"
                                .formatted(words(perRequest)));
            }
            long before;
            do {
                before = used.get();
                if (bytes > capacity - before) {
                    throw new BusyException("The service holds as many results as it can");
                }
            } while (!used.compareAndSet(before, before + bytes));
            held += bytes;
        }

        /** Gives back all that it holds; it may take again. */
        synchronized void release() {
            used.addAndGet(-held);
            held = 0;
        }

        @Override
        public synchronized void close() {
            closed = true;
            release();
        }
    }

    private static String words(long bytes) {
        return bytes < MIB ? bytes + " bytes" : bytes / MIB + " MiB";
    }
}
