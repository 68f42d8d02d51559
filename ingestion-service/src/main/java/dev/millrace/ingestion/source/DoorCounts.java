package dev.millrace.ingestion.source;

import dev.millrace.contracts.record.QuarantineReason;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.stereotype.Component;

import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What came through the doors since the service started, by source. */
@Component
public final class DoorCounts {

    /** No source has this name. */
    private static final String NO_SOURCE = "-";

    private final MeterRegistry meters;
    private final Map<String, OfSource> sources = new ConcurrentHashMap<>();
    private final RequestCounts nobodys;

    DoorCounts(MeterRegistry meters) {
        this.meters = meters;
        this.nobodys = new RequestCounts(NO_SOURCE, meters);
        // Somebody watches for these, and what was never counted cannot be watched.
        nobodys.count(TurnedAway.UNKNOWN_KEY, 0);
        nobodys.count(TurnedAway.NO_KEY, 0);
    }

    /** Why nothing at all of a request was taken. */
    public enum TurnedAway {
        /** No source has its write key. */
        UNKNOWN_KEY,
        /** It names no write key. */
        NO_KEY,
        /** Its body is not what the door takes. */
        INVALID_BODY,
        /** It is larger than the door takes. */
        TOO_LARGE,
        /** Its body did not come in time. */
        TOO_SLOW,
        /** Its source has more requests a second than it may. */
        RATE_LIMITED;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Counts a request of which nobody knows the source. */
    public void countNobodys(TurnedAway why) {
        nobodys.count(why, 1);
    }

    /** Requests that belong to no source, by {@link TurnedAway#code()}. */
    public SortedMap<String, Long> nobodys() {
        return nobodys.byCode();
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
        private final RequestCounts requests;

        private OfSource(String source, MeterRegistry meters) {
            this.source = source;
            this.meters = meters;
            this.requests = new RequestCounts(source, meters);
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

        public void countTurnedAway(TurnedAway why) {
            requests.count(why, 1);
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

        /** Requests of which nothing was taken, by {@link TurnedAway#code()}. */
        public SortedMap<String, Long> turnedAway() {
            return requests.byCode();
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

    /** Requests of one source, or of none, of which nothing was taken. */
    private static final class RequestCounts {

        private final String source;
        private final MeterRegistry meters;
        private final Map<TurnedAway, LongAdder> counts = new ConcurrentHashMap<>();

        RequestCounts(String source, MeterRegistry meters) {
            this.source = source;
            this.meters = meters;
        }

        void count(TurnedAway why, long requests) {
            counts.computeIfAbsent(why, this::counter).add(requests);
        }

        SortedMap<String, Long> byCode() {
            SortedMap<String, Long> byCode = new TreeMap<>();
            counts.forEach((why, count) -> byCode.put(why.code(), count.sum()));
            return byCode;
        }

        private LongAdder counter(TurnedAway why) {
            LongAdder counter = new LongAdder();
            FunctionCounter.builder(
                            "millrace.ingestion.requests.turned.away", counter, LongAdder::sum)
                    .description("Requests of which nothing was taken")
                    .tag("source", source)
                    .tag("outcome", why.code())
                    .register(meters);
            return counter;
        }
    }
}
