package dev.millrace.serving.alert;

import dev.millrace.contracts.project.alert.Alert;
import dev.millrace.contracts.project.alert.BusinessCalendar;
import dev.millrace.contracts.project.alert.Condition;
import dev.millrace.contracts.project.alert.Granularity;
import dev.millrace.serving.query.Buckets;
import dev.millrace.serving.query.MetricQueries;
import dev.millrace.serving.query.MetricQueryException;
import dev.millrace.serving.query.MetricRow;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Asks the data how the instances of an alert stand at a moment, which may be long past. It keeps
 * no state: what it was told before, the data tells it again.
 */
@Component
class Evaluator {

    static final int MAX_INSTANCES = 1_000;

    private static final int MAX_ROWS = 50_000;
    private static final int MAX_BUCKETS = 10_000;

    /** Fewer seasons say nothing, however few are asked for. */
    private static final int LEAST_HISTORY = 3;

    private static final int SHOWN = 10;

    private final MetricQueries metrics;
    private final JsonMapper json;

    Evaluator(MetricQueries metrics, JsonMapper json) {
        this.metrics = metrics;
        this.json = json;
    }

    /** Values of one instance by bucket. */
    private record Series(Map<Integer, BigDecimal> values) {

        static final Series EMPTY = new Series(Map.of());

        boolean isSeen() {
            return !values.isEmpty();
        }

        Judge.Point point(int bucket, @Nullable Baseline usual) {
            BigDecimal value = values.get(bucket);
            return new Judge.Point(value == null ? BigDecimal.ZERO : value, value != null, usual);
        }
    }

    /**
     * The verdicts, by the instances' labels of dimensions.
     *
     * @param known instances that are to be judged also if there are no rows of them any more
     * @param asOf in whole seconds: rows are told apart by when they happened to the millisecond
     * @throws MetricQueryException if there is no answer
     */
    Map<Map<String, String>, Verdict> evaluate(
            Alert alert, Collection<Map<String, String>> known, Instant asOf, Duration patience)
            throws MetricQueryException {
        return new Evaluation(alert, known, asOf, patience).verdicts();
    }

    private final class Evaluation {

        private final Alert alert;
        private final Collection<Map<String, String>> known;
        private final Instant asOf;
        private final long deadline;
        private final JsonNode query;
        private final Judge judge;

        Evaluation(
                Alert alert,
                Collection<Map<String, String>> known,
                Instant asOf,
                Duration patience) {
            this.alert = alert;
            this.known = known;
            this.asOf = asOf;
            this.deadline = System.nanoTime() + patience.toNanos();
            this.query = json.valueToTree(alert.query());
            this.judge = new Judge(alert);
        }

        Map<Map<String, String>, Verdict> verdicts() throws MetricQueryException {
            return alert.isAligned() ? byBuckets() : byLatest();
        }

        private Map<Map<String, String>, Verdict> byBuckets() throws MetricQueryException {
            Duration width = width();
            Buckets buckets = Buckets.until(asOf, width, count(width));
            Map<Map<String, String>, Series> found = series(query, asOf, buckets);
            List<BucketRun.Open> open = open(buckets);
            List<Season> seasons = seasons(buckets);
            Map<Map<String, String>, Verdict> verdicts = new LinkedHashMap<>();
            for (Map<String, String> labels : instances(found)) {
                Series series = found.getOrDefault(labels, Series.EMPTY);
                verdicts.put(labels, byBuckets(labels, series, buckets, open, seasons));
            }
            return verdicts;
        }

        private Duration width() {
            Granularity granularity = alert.granularity();
            if (granularity == null) {
                throw new IllegalStateException("not cut into units: " + alert.name());
            }
            return granularity.width();
        }

        /** So many that both times fit in, with some to spare for a late evaluation. */
        private int count(Duration width) throws MetricQueryException {
            Duration needed = max(alert.holdFor(), alert.resolveFor());
            if (alert.condition() instanceof Condition.OutsideBaseline) {
                return Math.toIntExact(Math.max(1, needed.dividedBy(width)));
            }
            Duration wanted =
                    max(
                            needed.plus(alert.every().multipliedBy(2)).plus(width.multipliedBy(2)),
                            Duration.between(metrics.begin(query, asOf), asOf));
            return Math.toIntExact(
                    Math.clamp(wanted.plus(width).minusNanos(1).dividedBy(width), 1, MAX_BUCKETS));
        }

        private Verdict byBuckets(
                Map<String, String> labels,
                Series series,
                Buckets buckets,
                List<BucketRun.Open> open,
                List<Season> seasons)
                throws MetricQueryException {
            List<BucketRun.Bucket> run = new ArrayList<>();
            List<Judge.Point> points = new ArrayList<>();
            for (int i = 0; i < buckets.count(); i++) {
                Judge.Point point = series.point(i, usual(labels, i, seasons));
                points.add(point);
                run.add(new BucketRun.Bucket(judge.of(point), open.get(i)));
            }
            BucketRun lengths = BucketRun.of(run, buckets.width(), judge);
            Judge.Point latest = points.getLast();
            Verdict.Standing standing = lengths.standing(run.getLast().standing());
            if (standing == Verdict.Standing.UNKNOWN) {
                return Verdict.unknown(latest.value(), tooLittleHistory(), series.isSeen());
            }
            Map<String, @Nullable Object> evidence = new LinkedHashMap<>();
            evidence.put("condition", Judge.words(alert));
            evidence.put("until", buckets.end().toString());
            evidence.put("bucket", String.valueOf(alert.granularity()).toLowerCase(Locale.ROOT));
            evidence.put(
                    "values",
                    points.subList(Math.max(0, points.size() - SHOWN), points.size()).stream()
                            .map(Judge.Point::value)
                            .toList());
            addUsual(evidence, latest.usual());
            return new Verdict(
                    standing,
                    latest.value(),
                    lengths.wrongFor(),
                    lengths.clearFor(),
                    null,
                    evidence,
                    series.isSeen());
        }

        private List<BucketRun.Open> open(Buckets buckets) {
            BusinessCalendar calendar = alert.calendar();
            List<BucketRun.Open> open = new ArrayList<>();
            for (int i = 0; i < buckets.count(); i++) {
                Duration length =
                        calendar == null
                                ? buckets.width()
                                : calendar.openTime(buckets.start(i), buckets.start(i + 1));
                open.add(
                        length.equals(buckets.width())
                                ? BucketRun.Open.YES
                                : length.isZero() ? BucketRun.Open.NO : BucketRun.Open.IN_PART);
            }
            return open;
        }

        /** One value an instance: the whole result, or the latest bucket that is complete. */
        private Map<Map<String, String>, Verdict> byLatest() throws MetricQueryException {
            LocalDateTime bucket = latestBucket(asOf);
            if (bucket != null
                    && metrics.begin(query, asOf)
                            .isAfter(bucket.atZone(alert.zone()).toInstant())) {
                Map<Map<String, String>, Verdict> nothing = new LinkedHashMap<>();
                for (Map<String, String> labels : instances(Map.of())) {
                    nothing.put(
                            labels,
                            Verdict.unknown(
                                    BigDecimal.ZERO,
                                    "the query's range holds no whole bucket",
                                    false));
                }
                return nothing;
            }
            Map<Map<String, String>, Series> found = latest(asOf, bucket);
            List<Season> seasons = seasons(null);
            Map<Map<String, String>, Verdict> verdicts = new LinkedHashMap<>();
            for (Map<String, String> labels : instances(found)) {
                Series series = found.getOrDefault(labels, Series.EMPTY);
                Judge.Point point = series.point(0, usual(labels, 0, seasons));
                Verdict.Standing standing = judge.of(point);
                if (standing == Verdict.Standing.UNKNOWN) {
                    verdicts.put(
                            labels,
                            Verdict.unknown(point.value(), tooLittleHistory(), series.isSeen()));
                    continue;
                }
                Map<String, @Nullable Object> evidence = new LinkedHashMap<>();
                evidence.put("condition", Judge.words(alert));
                evidence.put("until", asOf.toString());
                if (bucket != null) {
                    evidence.put("bucket", bucket.toString());
                }
                evidence.put("values", List.of(point.value()));
                addUsual(evidence, point.usual());
                verdicts.put(
                        labels,
                        new Verdict(
                                standing,
                                point.value(),
                                null,
                                null,
                                null,
                                evidence,
                                series.isSeen()));
            }
            return verdicts;
        }

        private Map<Map<String, String>, Series> latest(Instant at, @Nullable LocalDateTime bucket)
                throws MetricQueryException {
            Map<Map<String, String>, Series> found = new LinkedHashMap<>();
            for (MetricRow row : rows(query, at, null)) {
                if (bucket == null || bucket.equals(row.bucket())) {
                    add(found, row, 0);
                }
            }
            return found;
        }

        /** The unit of the calendar that ended last. */
        private @Nullable LocalDateTime latestBucket(Instant at) {
            Granularity granularity = alert.granularity();
            if (granularity == null) {
                return null;
            }
            LocalDate today = at.atZone(alert.zone()).toLocalDate();
            LocalDate first =
                    switch (granularity) {
                        case SECOND, MINUTE, HOUR, DAY -> today.minusDays(1);
                        case WEEK ->
                                today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                                        .minusWeeks(1);
                        case MONTH -> today.withDayOfMonth(1).minusMonths(1);
                        case QUARTER ->
                                today.with(today.getMonth().firstMonthOfQuarter())
                                        .withDayOfMonth(1)
                                        .minusMonths(3);
                        case YEAR -> today.withDayOfYear(1).minusYears(1);
                    };
            return first.atStartOfDay();
        }

        private Set<Map<String, String>> instances(Map<Map<String, String>, Series> found)
                throws MetricQueryException {
            Set<Map<String, String>> instances = new LinkedHashSet<>();
            if (alert.dimensions().isEmpty() || alert.condition() instanceof Condition.Absent) {
                instances.add(Map.of());
                return instances;
            }
            instances.addAll(found.keySet());
            known.stream()
                    .filter(
                            labels ->
                                    labels.keySet().equals(Set.copyOf(alert.dimensions().values())))
                    .forEach(instances::add);
            if (instances.size() > MAX_INSTANCES) {
                throw new MetricQueryException(
                        "the dimensions have more than %d combinations of values; filter them"
                                .formatted(MAX_INSTANCES));
            }
            return instances;
        }

        private Map<Map<String, String>, Series> series(JsonNode asked, Instant at, Buckets buckets)
                throws MetricQueryException {
            Map<Map<String, String>, Series> found = new LinkedHashMap<>();
            for (MetricRow row : rows(asked, at, buckets)) {
                LocalDateTime start = row.bucket();
                int bucket = start == null ? -1 : buckets.index(start.toInstant(ZoneOffset.UTC));
                if (bucket >= 0 && bucket < buckets.count()) {
                    add(found, row, bucket);
                }
            }
            return found;
        }

        private List<MetricRow> rows(JsonNode asked, Instant at, @Nullable Buckets buckets)
                throws MetricQueryException {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            return metrics.rows(asked, at, buckets, MAX_ROWS, max(left, Duration.ZERO));
        }

        /** An aggregate of no rows is a row as well, with null, or with a count of zero. */
        private void add(Map<Map<String, String>, Series> found, MetricRow row, int bucket) {
            BigDecimal value = row.measures().get(alert.measure());
            if (alert.condition() instanceof Condition.Absent) {
                boolean nothing = value == null || value.signum() == 0;
                if (!nothing) {
                    found.computeIfAbsent(Map.of(), _ -> new Series(new HashMap<>()))
                            .values()
                            .merge(bucket, value, BigDecimal::add);
                }
                return;
            }
            Map<String, String> labels = new LinkedHashMap<>();
            alert.dimensions()
                    .forEach(
                            (member, label) ->
                                    labels.put(label, Labels.value(row.dimensions().get(member))));
            found.computeIfAbsent(labels, _ -> new Series(new HashMap<>()))
                    .values()
                    .put(bucket, value == null ? BigDecimal.ZERO : value);
        }

        /** The same buckets of an earlier season. */
        private final class Season {

            private final Instant end;
            private final Instant before;
            private final Map<Map<String, String>, Series> found;
            private @Nullable Set<Map<String, String>> present;

            Season(Instant end, Instant before, Map<Map<String, String>, Series> found) {
                this.end = end;
                this.before = before;
                this.found = found;
            }

            /**
             * The value, which is zero also without rows, but only if there were any in the whole
             * season: before there were, nothing is usual.
             */
            @Nullable BigDecimal value(Map<String, String> labels, int bucket)
                    throws MetricQueryException {
                BigDecimal value =
                        found.getOrDefault(labels, Series.EMPTY).point(bucket, null).value();
                return value.signum() != 0 || present().contains(labels) ? value : null;
            }

            private Set<Map<String, String>> present() throws MetricQueryException {
                Set<Map<String, String>> known = present;
                if (known == null) {
                    known = new HashSet<>();
                    JsonNode whole = Queries.over(query, before, end, alert.zone());
                    Map<Map<String, String>, Series> seen = new LinkedHashMap<>();
                    for (MetricRow row : rows(whole, end, null)) {
                        add(seen, row, 0);
                    }
                    for (Map.Entry<Map<String, String>, Series> one : seen.entrySet()) {
                        // Without dimensions there is a row even of nothing.
                        if (!alert.dimensions().isEmpty()
                                || one.getValue().point(0, null).value().signum() != 0) {
                            known.add(one.getKey());
                        }
                    }
                    present = known;
                }
                return known;
            }
        }

        private List<Season> seasons(@Nullable Buckets buckets) throws MetricQueryException {
            List<Season> seasons = new ArrayList<>();
            if (alert.condition()
                    instanceof Condition.OutsideBaseline(Condition.Season length, _, int history)) {
                ZoneId zone = alert.zone();
                int days = length == Condition.Season.DAY ? 1 : 7;
                for (int i = 1; i <= history; i++) {
                    // By the clock on the wall: noon is noon, also where clocks changed since.
                    Instant end = asOf.atZone(zone).minusDays((long) i * days).toInstant();
                    Instant before = asOf.atZone(zone).minusDays((i + 1L) * days).toInstant();
                    seasons.add(
                            new Season(
                                    end,
                                    before,
                                    buckets == null
                                            ? latest(end, latestBucket(end))
                                            : series(
                                                    query,
                                                    end,
                                                    Buckets.until(
                                                            end,
                                                            buckets.width(),
                                                            buckets.count()))));
                }
            }
            return seasons;
        }

        private @Nullable Baseline usual(
                Map<String, String> labels, int bucket, List<Season> seasons)
                throws MetricQueryException {
            if (!(alert.condition()
                    instanceof Condition.OutsideBaseline(_, BigDecimal sensitivity, int history))) {
                return null;
            }
            List<BigDecimal> values = new ArrayList<>();
            for (Season season : seasons) {
                BigDecimal value = season.value(labels, bucket);
                if (value != null) {
                    values.add(value);
                }
            }
            return values.size() < leastHistory(history) ? null : Baseline.of(values, sensitivity);
        }

        private String tooLittleHistory() {
            return alert.condition() instanceof Condition.OutsideBaseline(_, _, int history)
                    ? "too little history: fewer than %d of %d seasons have data"
                            .formatted(leastHistory(history), history)
                    : "no verdict";
        }
    }

    private static int leastHistory(int history) {
        return Math.max(LEAST_HISTORY, (history + 1) / 2);
    }

    private static void addUsual(Map<String, @Nullable Object> evidence, @Nullable Baseline usual) {
        if (usual != null) {
            evidence.put("median", usual.median());
            evidence.put("tolerance", usual.tolerance());
        }
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
