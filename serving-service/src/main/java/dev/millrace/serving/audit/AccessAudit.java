package dev.millrace.serving.audit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.millrace.operations.background.BackgroundWork;
import dev.millrace.operations.trace.CurrentTrace;
import dev.millrace.serving.access.Gate;
import dev.millrace.serving.access.GateClosedException;
import dev.millrace.serving.access.GateClosedException.Reason;
import dev.millrace.serving.access.Visit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Writes down every access, in batches beside the requests. A request takes its place among what is
 * to be written before it is answered, so that none is answered that could not be.
 */
@Component
@Order(AccessAudit.ORDER)
class AccessAudit extends BackgroundWork implements Gate {

    /** Before budgets, whose refusals are written down as well. */
    static final int ORDER = 100;

    private static final Logger log = LoggerFactory.getLogger(AccessAudit.class);
    private static final int BATCH = 500;
    private static final Duration GATHERING = Duration.ofMillis(100);
    private static final int LAST_ATTEMPTS = 3;
    private static final Duration LAST_PAUSE = Duration.ofMillis(500);

    /** After the doors are closed, so that the last answers are written down. */
    private static final int PHASE = DEFAULT_PHASE - 4096;

    private final Consumer<List<AccessEntry>> table;
    private final AccessAuditSettings settings;
    private final Supplier<Optional<String>> trace;
    private final Semaphore places;
    private final BlockingQueue<AccessEntry> queue = new LinkedBlockingQueue<>();
    private final Counter dropped;
    private final Counter refusals;

    /** What is being written, by the thread of this work alone, and by its end. */
    private final List<AccessEntry> batch = new ArrayList<>();

    /** Whose refusal was written down within the last second: anybody can make thousands. */
    private final Cache<String, Boolean> refused =
            Caffeine.newBuilder()
                    .maximumSize(10_000)
                    .expireAfterWrite(Duration.ofSeconds(1))
                    .executor(Runnable::run)
                    .build();

    @Autowired
    AccessAudit(
            AccessTable table,
            AccessAuditSettings settings,
            CurrentTrace trace,
            MeterRegistry meters) {
        this(table::insert, settings, trace::traceId, meters);
    }

    AccessAudit(
            Consumer<List<AccessEntry>> table,
            AccessAuditSettings settings,
            Supplier<Optional<String>> trace,
            MeterRegistry meters) {
        super("access-audit");
        this.table = table;
        this.settings = settings;
        this.trace = trace;
        this.places = new Semaphore(settings.queue(), true);
        this.dropped =
                Counter.builder("millrace.serving.audit.dropped")
                        .description("Accesses that were not written down")
                        .register(meters);
        this.refusals =
                Counter.builder("millrace.serving.audit.refusals.dropped")
                        .description("Requests over a budget that were too many to be written down")
                        .register(meters);
        Gauge.builder("millrace.serving.audit.waiting", queue, BlockingQueue::size)
                .description("Accesses that are not yet written down")
                .register(meters);
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public Stay enter(Visit visit) {
        return switch (settings.mode()) {
            case OFF -> () -> {};
            case BEST_EFFORT -> {
                if (places.tryAcquire()) {
                    yield new Place(visit);
                }
                dropped.increment();
                yield () -> {};
            }
            case REQUIRED -> {
                if (!isThereAPlace()) {
                    throw new GateClosedException(
                            Reason.UNAVAILABLE,
                            "what is asked cannot be written down now, so nothing is answered; try"
                                    + " again in a moment",
                            Duration.ofSeconds(1));
                }
                yield new Place(visit);
            }
        };
    }

    private boolean isThereAPlace() {
        try {
            return places.tryAcquire()
                    || places.tryAcquire(settings.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** A visit that has a place for its entry. */
    private final class Place implements Stay {

        private final Visit visit;

        /** Of those who were let in before it began, it is known only while they are answered. */
        private Optional<String> traceId = Optional.empty();

        Place(Visit visit) {
            this.visit = visit;
        }

        @Override
        public void read() {
            traceId = trace.get();
        }

        /** A second entry, as the first may come hours later, or never. */
        @Override
        public void opened() {
            if (isThereAPlace()) {
                add("opened");
            } else if (settings.mode() == AccessAuditSettings.Mode.BEST_EFFORT) {
                dropped.increment();
            } else {
                throw new GateClosedException(
                        Reason.UNAVAILABLE,
                        "what is asked cannot be written down now; try again in a moment",
                        Duration.ofSeconds(1));
            }
        }

        @Override
        public void left() {
            if (visit.status() == 429
                    && refused.asMap().putIfAbsent(visit.account(), true) != null) {
                refusals.increment();
                places.release();
                return;
            }
            add(visit.outcome());
        }

        private void add(String outcome) {
            queue.add(AccessEntry.of(visit, trace.get().or(() -> traceId).orElse(null), outcome));
        }
    }

    @Override
    protected void round() throws InterruptedException {
        if (batch.isEmpty()) {
            batch.add(queue.take());
            Thread.sleep(GATHERING);
        }
        writeAll();
    }

    /** Writes what there is, and what came meanwhile; what fails stays for the next time. */
    private void writeAll() {
        do {
            queue.drainTo(batch, BATCH - Math.min(BATCH, batch.size()));
            if (!batch.isEmpty()) {
                write();
            }
        } while (!queue.isEmpty());
    }

    private void write() {
        try {
            table.accept(batch);
        } catch (DataIntegrityViolationException e) {
            // It is the entries' fault: one must not keep the others.
            for (AccessEntry entry : batch) {
                writeAlone(entry);
            }
        }
        places.release(batch.size());
        batch.clear();
    }

    private void writeAlone(AccessEntry entry) {
        try {
            table.accept(List.of(entry));
        } catch (DataIntegrityViolationException e) {
            dropped.increment();
            log.error("An access cannot be written down: {}", entry, e);
        }
    }

    @Override
    protected void finish() {
        @Nullable RuntimeException failure = null;
        for (int attempt = 1; attempt <= LAST_ATTEMPTS; attempt++) {
            try {
                writeAll();
                return;
            } catch (RuntimeException e) {
                failure = e;
            }
            if (attempt < LAST_ATTEMPTS && !pause()) {
                break;
            }
        }
        queue.drainTo(batch);
        dropped.increment(batch.size());
        log.error("{} accesses could not be written down; they follow", batch.size(), failure);
        batch.forEach(entry -> log.error("not written down: {}", entry));
    }

    /** False if nobody wants to wait any longer. */
    private static boolean pause() {
        try {
            Thread.sleep(LAST_PAUSE);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
