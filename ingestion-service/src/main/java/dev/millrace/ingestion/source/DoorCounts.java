package dev.millrace.ingestion.source;

import dev.millrace.contracts.record.QuarantineReason;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.stereotype.Component;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What came through the doors since the service started, by source. */
@Component
public final class DoorCounts {

    private final MeterRegistry meters;
    private final Map<String, OfSource> sources = new ConcurrentHashMap<>();

    DoorCounts(MeterRegistry meters) {
        this.meters = meters;
    }

    /** The counts of a source of the project, which also limits how many there are. */
    public OfSource of(String source) {
        return sources.computeIfAbsent(source, name -> new OfSource(name, meters));
    }

    /** What came through one door. */
    public static final class OfSource {

        private static final String EVENTS = "millrace.ingestion.events";

        private final String source;
        private final MeterRegistry meters;
        private final LongAdder accepted = new LongAdder();
        private final LongAdder bytes = new LongAdder();
        private final Map<QuarantineReason, LongAdder> refused = new ConcurrentHashMap<>();

        private OfSource(String source, MeterRegistry meters) {
            this.source = source;
            this.meters = meters;
            register(EVENTS, accepted, "accepted", "none");
            FunctionCounter.builder("millrace.ingestion.bytes", bytes, LongAdder::sum)
                    .description("Bytes of the bodies that came, as inflated")
                    .baseUnit("bytes")
                    .tag("source", source)
                    .register(meters);
        }

        public void countAccepted(long events) {
            accepted.add(events);
        }

        public void countRefused(QuarantineReason reason, long events) {
            refused.computeIfAbsent(reason, this::counter).add(events);
        }

        public void countBytes(long count) {
            bytes.add(count);
        }

        public long accepted() {
            return accepted.sum();
        }

        /** Refused events by {@link QuarantineReason#code()}. */
        public SortedMap<String, Long> refused() {
            SortedMap<String, Long> byCode = new TreeMap<>();
            refused.forEach((reason, count) -> byCode.put(reason.code(), count.sum()));
            return byCode;
        }

        private LongAdder counter(QuarantineReason reason) {
            LongAdder counter = new LongAdder();
            register(EVENTS, counter, "refused", reason.code());
            return counter;
        }

        private void register(String name, LongAdder count, String outcome, String reason) {
            FunctionCounter.builder(name, count, LongAdder::sum)
                    .description("Events by what became of them")
                    .tag("source", source)
                    .tag("outcome", outcome)
                    .tag("reason", reason)
                    .register(meters);
        }
    }
}
