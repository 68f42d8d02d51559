package dev.millrace.ingestion.source;

import dev.millrace.ingestion.source.OutletUnavailableException.Reason;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes may be on their way through the service at once, from the socket to Kafka's
 * acknowledgement. A request reserves before it allocates, and is refused when nothing is left, so
 * that callers who are faster than Kafka cannot fill the memory.
 */
public final class ByteBudget {

    private final long capacity;
    private final AtomicLong used = new AtomicLong();

    public ByteBudget(long capacity) {
        this.capacity = capacity;
    }

    public long capacity() {
        return capacity;
    }

    public long used() {
        return used.get();
    }

    /** Begins a reservation of nothing; it is closed when its request is answered. */
    public Reservation reservation() {
        return new Reservation();
    }

    /** What one request holds; used by one thread at a time. */
    public final class Reservation implements AutoCloseable {

        private long held;

        private Reservation() {}

        /**
         * Takes more.
         *
         * @throws OutletUnavailableException if that is not left; what was held stays held
         */
        public void take(long bytes) throws OutletUnavailableException {
            long before;
            do {
                before = used.get();
                if (bytes > capacity - before) {
                    throw new OutletUnavailableException(
                            Reason.BUFFER_FULL,
                            "the buffer is full: " + before + " of " + capacity + " bytes in use");
                }
            } while (!used.compareAndSet(before, before + bytes));
            held += bytes;
        }

        @Override
        public void close() {
            used.addAndGet(-held);
            held = 0;
        }
    }
}
