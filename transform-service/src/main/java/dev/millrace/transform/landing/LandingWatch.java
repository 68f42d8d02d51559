package dev.millrace.transform.landing;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.transform.landing.Ledger.Step;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.quarantine.QuarantinedRecord;
import dev.millrace.transform.schema.TableKind;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Tells of what has landed: to the log, to the metrics, and to the rest of this service. */
final class LandingWatch {

    private static final Logger log = LoggerFactory.getLogger(LandingWatch.class);

    /** Names without end must not make metrics without end. */
    private static final int MAX_RELATIONS = 500;

    private static final int MAX_SOURCES = 100;

    /** A batch's histograms are of as many of its rows, evenly chosen, or of twice as many. */
    private static final int MOST_SAMPLES = 500;

    private final MeterRegistry meters;
    private final Clock clock;
    private final Consumer<DatasetChanged> listener;
    private final Timer duration;
    private final DistributionSummary batchRecords;
    private final Counter tombstones;
    private final Counter discardedRows;
    private final Counter discardedValues;
    private final Counter failures;
    private final Labels labels = new Labels(MAX_RELATIONS, MAX_SOURCES);
    private final Map<String, SourceMeters> sources = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> haltedByLander = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Lag> lags = new ConcurrentHashMap<>();

    /** How far a partition is behind. */
    private static final class Lag {
        private final AtomicLong records = new AtomicLong();
        private final AtomicLong lastMillis = new AtomicLong();
        private volatile List<Gauge> gauges = List.of();
    }

    /**
     * @param listener hears of each change of a relation, after its commit
     */
    LandingWatch(MeterRegistry meters, Clock clock, Consumer<DatasetChanged> listener) {
        this.meters = meters;
        this.clock = clock;
        this.listener = listener;
        this.duration =
                Timer.builder("millrace.landing.duration")
                        .description("Reading, writing and committing one batch")
                        .publishPercentileHistogram()
                        .maximumExpectedValue(Duration.ofMinutes(1))
                        .register(meters);
        this.batchRecords =
                DistributionSummary.builder("millrace.landing.batch.records")
                        .description("Records of one batch")
                        .register(meters);
        this.tombstones = meters.counter("millrace.landing.tombstones");
        this.discardedRows = meters.counter("millrace.landing.discarded", "what", "row");
        this.discardedValues = meters.counter("millrace.landing.discarded", "what", "value");
        this.failures = meters.counter("millrace.landing.failures");
        Gauge.builder("millrace.landing.halted", this, LandingWatch::totalHalted)
                .description("Partitions that stand still as their next offset is outside the log")
                .register(meters);
    }

    /** Tells of a committed batch. */
    void landed(Landed landed, List<Step> steps, Routes routes, Duration took) {
        LandingBatch batch = landed.batch();
        count(landed, took);
        countSources(batch, routes);
        tellTimes(batch.records());
        TraceIds traces = TraceIds.of(batch.records());
        log.info(
                "Landed {} rows of {} records in {} ms: {}; {}{}{}traces {}",
                landed.rows(),
                batch.records().size(),
                took.toMillis(),
                landed.changes().stream()
                        .map(change -> change.relation() + " +" + change.rows())
                        .toList(),
                steps.stream().map(LandingWatch::describe).toList(),
                landed.duplicates() > 0 ? ", " + landed.duplicates() + " duplicates" : "",
                landed.quarantined().isEmpty()
                        ? ", "
                        : ", " + landed.quarantined().size() + " quarantined, ",
                traces);
        if (log.isDebugEnabled()) {
            log.debug("Traces of the landed records: {}", traces.all());
        }
        tell(landed);
    }

    /** Tells of records that landed from quarantine, whose times are no measure of anything. */
    void replayed(Landed landed) {
        countRows(landed);
        log.info(
                "Landed {} rows of {} records from quarantine, {} duplicates, {} refused again",
                landed.rows(),
                landed.batch().records().size(),
                landed.duplicates(),
                landed.batch().rejections().size());
        tell(landed);
    }

    private void tell(Landed landed) {
        for (DatasetChanged event : landed.events()) {
            try {
                listener.accept(event);
            } catch (RuntimeException e) {
                log.warn("Somebody who follows {} failed", event.relation(), e);
            }
        }
    }

    /** Tells of the last record of each partition; those of one partition stand together. */
    private void tellTimes(List<ConsumerRecord<byte[], byte[]>> records) {
        for (int i = 0; i < records.size(); i++) {
            ConsumerRecord<?, ?> record = records.get(i);
            ConsumerRecord<?, ?> next = i + 1 < records.size() ? records.get(i + 1) : null;
            if (next == null
                    || next.partition() != record.partition()
                    || !next.topic().equals(record.topic())) {
                tellTime(record);
            }
        }
    }

    private void tellTime(ConsumerRecord<?, ?> record) {
        Lag lag = lags.get(new TopicPartition(record.topic(), record.partition()));
        if (lag != null) {
            lag.lastMillis.set(record.timestamp());
        }
    }

    private static String describe(Step step) {
        return "%s %d..%d"
                .formatted(step.claim().partition(), step.claim().nextOffset(), step.to() - 1);
    }

    private void count(Landed landed, Duration took) {
        LandingBatch batch = landed.batch();
        duration.record(took);
        batchRecords.record(batch.records().size());
        tombstones.increment((double) batch.tombstones());
        discardedRows.increment((double) batch.discardedRows());
        discardedValues.increment((double) batch.discardedValues());
        countRows(landed);
        for (QuarantinedRecord record : landed.quarantined()) {
            Tags tags =
                    labels.of(record.cause().source(), record.cause().stream())
                            .and("reason", labels.reason(record.cause().reason()));
            meters.counter("millrace.landing.quarantined", tags).increment();
        }
        long now = Times.micros(landed.loadedAt());
        for (LandingBatch.Part part : batch.parts()) {
            if (part.rows().kind() != TableKind.MERGED
                    && !part.rows().relation().name().equals("tracks")) {
                SourceMeters source = source(part.source());
                List<Row> rows = part.rows().rows();
                int step = Math.max(1, rows.size() / MOST_SAMPLES);
                for (int i = 0; i < rows.size(); i += step) {
                    Row row = rows.get(i);
                    source.landed(now - row.eventAt(), now - row.ingestedAt());
                }
            }
        }
    }

    private void countRows(Landed landed) {
        for (LandedStreams.Change change : landed.changes()) {
            Tags tags = labels.of(change.relation().schema(), change.relation().name());
            meters.counter("millrace.landing.rows", tags).increment((double) change.rows());
            meters.counter("millrace.landing.duplicates", tags)
                    .increment((double) change.duplicates());
        }
        landed.late()
                .forEach(
                        (relation, counts) ->
                                counts.forEach(
                                        (lag, rows) ->
                                                meters.counter(
                                                                "millrace.landing.late",
                                                                labels.of(
                                                                                relation.schema(),
                                                                                relation.name())
                                                                        .and("lag", lag.label()))
                                                        .increment((double) rows)));
    }

    private void countSources(LandingBatch batch, Routes routes) {
        List<ConsumerRecord<byte[], byte[]>> records = batch.records();
        int from = 0;
        while (from < records.size()) {
            String topic = records.get(from).topic();
            long bytes = 0;
            int to = from;
            for (; to < records.size() && records.get(to).topic().equals(topic); to++) {
                bytes += Math.max(0, records.get(to).serializedValueSize());
            }
            SourceMeters source = source(routes.source(topic).orElse(topic));
            source.records(to - from);
            source.bytes(bytes);
            from = to;
        }
    }

    private SourceMeters source(String source) {
        return sources.computeIfAbsent(
                labels.source(source), label -> new SourceMeters(meters, label));
    }

    /** Tells that a batch could not land now. */
    void failed() {
        failures.increment();
    }

    /** Tells how many of a lander's partitions stand still. */
    void halted(String lander, int partitions) {
        haltedByLander.computeIfAbsent(lander, _ -> new AtomicLong()).set(partitions);
    }

    private double totalHalted() {
        return haltedByLander.values().stream().mapToLong(AtomicLong::get).sum();
    }

    /** Tells how many records of a partition have not landed. */
    void lag(TopicPartition partition, long records) {
        lags.computeIfAbsent(partition, this::register).records.set(records);
    }

    private Lag register(TopicPartition partition) {
        Lag lag = new Lag();
        Tags tags =
                Tags.of(
                        "topic",
                        partition.topic(),
                        "partition",
                        Integer.toString(partition.partition()));
        lag.gauges =
                List.of(
                        Gauge.builder("millrace.landing.lag.records", lag.records::get)
                                .tags(tags)
                                .register(meters),
                        Gauge.builder("millrace.landing.lag.seconds", lag, this::seconds)
                                .tags(tags)
                                .register(meters));
        return lag;
    }

    private double seconds(Lag lag) {
        long last = lag.lastMillis.get();
        return lag.records.get() == 0 || last <= 0
                ? 0
                : Math.max(0, clock.millis() - last) / 1_000.0;
    }

    /** Tells that a partition is somebody else's now. */
    void forget(TopicPartition partition) {
        Lag lag = lags.remove(partition);
        if (lag != null) {
            lag.gauges.forEach(meters::remove);
        }
    }
}
