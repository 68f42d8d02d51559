package dev.millrace.contracts.project.alert;

import dev.millrace.contracts.project.DurationText;
import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.contracts.project.cube.CubeModel;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one alert. */
final class AlertReader {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration LONGEST_FOR = Duration.ofDays(30);
    private static final Duration LONGEST_REPEAT = Duration.ofDays(366);
    private static final Pattern LABEL = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,99}");
    private static final Set<String> RESERVED = Set.of("alertname", "severity");
    private static final List<String> CONDITIONS =
            List.of("below", "above", "absent", "outside_baseline");
    private static final int MAX_LABELS = 50;

    /** So many that a query still gives them at once. */
    private static final int MAX_BUCKETS = 5_000;

    private final AlertQueryReader queries;

    /** What stands under {@code when}. */
    private record When(
            Condition condition,
            Duration holdFor,
            @Nullable BigDecimal resolveAt,
            Duration resolveFor,
            String measure) {

        static final When NEVER_READ =
                new When(new Condition.Absent(), Duration.ZERO, null, Duration.ZERO, "");
    }

    AlertReader(CubeModel cubes) {
        this.queries = new AlertQueryReader(cubes);
    }

    Alert read(YamlMapping alert) {
        String name = AlertKeys.name(alert);
        String description = alert.text("description");
        AlertQueryReader.Read query = query(alert);
        Map<String, String> dimensions = labelsOf(query.dimensions());
        Map<String, String> labels = labels(alert, dimensions);
        When when = when(alert).map(written -> when(written, query)).orElse(When.NEVER_READ);
        List<String> notify = alert.texts("notify");
        if (notify.isEmpty()) {
            alert.reject("notify", "an alert says whom to tell: 'notify' names channels");
        }
        return new Alert(
                name,
                alert.position(),
                description,
                labels,
                query.plain(),
                when.measure(),
                dimensions,
                query.granularity(),
                query.zone(),
                AlertKeys.duration(alert, "every", SECOND, DAY, Duration.ofSeconds(5)),
                when.condition(),
                when.holdFor(),
                when.resolveAt(),
                when.resolveFor(),
                calendar(alert),
                alert.choice("severity", Alert.Severity.class, Alert.Severity.WARNING),
                groupBy(alert, labels, dimensions),
                AlertKeys.duration(alert, "group_wait", Duration.ZERO, DAY, Duration.ZERO),
                AlertKeys.duration(
                        alert,
                        "repeat_every",
                        Duration.ofMinutes(1),
                        LONGEST_REPEAT,
                        Duration.ofHours(4)),
                alert.texts("inhibited_by"),
                notify.stream().distinct().toList());
    }

    private static When when(YamlMapping when, AlertQueryReader.Read query) {
        Granularity granularity = query.granularity();
        Condition condition = condition(when);
        checkSeason(when, condition, granularity);
        if (condition instanceof Condition.OutsideBaseline && !query.hasRange()) {
            when.reject(
                    "outside_baseline",
                    "to compare with earlier seasons, the query needs a time dimension with a"
                            + " range");
        }
        When read =
                new When(
                        condition,
                        holdFor(when, "for", granularity),
                        resolveAt(when, condition),
                        holdFor(when, "resolve_for", granularity),
                        measure(when, query.measures()));
        when.rejectUnknown();
        return read;
    }

    private static void checkSeason(
            YamlMapping when, Condition condition, @Nullable Granularity granularity) {
        if (granularity != null
                && condition instanceof Condition.OutsideBaseline(Condition.Season season, _, _)
                && granularity.compareTo(
                                season == Condition.Season.DAY ? Granularity.DAY : Granularity.WEEK)
                        > 0) {
            when.reject(
                    "outside_baseline",
                    "a %s is longer than the season, a %s"
                            .formatted(
                                    granularity.name().toLowerCase(Locale.ROOT),
                                    season.name().toLowerCase(Locale.ROOT)));
        }
    }

    private AlertQueryReader.Read query(YamlMapping alert) {
        Optional<YamlValue> found = alert.take("query");
        if (found.isEmpty() || !found.get().isMapping()) {
            alert.reject(
                    "query",
                    "an alert has a 'query' as Cube's REST API takes it: {measures:"
                            + " [orders.count]}");
            return AlertQueryReader.Read.NOTHING;
        }
        return queries.read(found.get().mapping());
    }

    private static Optional<YamlMapping> when(YamlMapping alert) {
        Optional<YamlValue> found = alert.take("when");
        if (found.isEmpty()) {
            alert.reject("when", "an alert says 'when' it fires: {below: 1, for: 5m}");
        }
        return found.map(YamlValue::mapping);
    }

    private static Condition condition(YamlMapping when) {
        List<String> given =
                CONDITIONS.stream().filter(key -> when.entries().containsKey(key)).toList();
        if (given.size() != 1) {
            when.reject(
                    given.isEmpty() ? "for" : given.get(1),
                    "there is one condition: below, above, absent or outside_baseline");
        }
        BigDecimal below = AlertKeys.number(when, "below");
        BigDecimal above = AlertKeys.number(when, "above");
        boolean absent = when.flag("absent", true);
        Optional<YamlValue> baseline = when.take("outside_baseline");
        if (below != null) {
            return new Condition.Below(below);
        }
        if (above != null) {
            return new Condition.Above(above);
        }
        if (baseline.isPresent()) {
            return baseline(baseline.get().mapping());
        }
        if (!absent) {
            when.reject("absent", "'absent' is true, or is not there");
        }
        return new Condition.Absent();
    }

    private static Condition baseline(YamlMapping baseline) {
        Condition.Season season =
                baseline.choice("season", Condition.Season.class, Condition.Season.WEEK);
        BigDecimal sensitivity = AlertKeys.number(baseline, "sensitivity");
        if (sensitivity != null && sensitivity.signum() <= 0) {
            baseline.reject("sensitivity", "'sensitivity' is more than 0; 3 is usual");
        }
        BigDecimal history = AlertKeys.number(baseline, "history");
        int seasons = 8;
        if (history != null) {
            if (history.stripTrailingZeros().scale() > 0
                    || history.compareTo(BigDecimal.valueOf(3)) < 0
                    || history.compareTo(BigDecimal.valueOf(60)) > 0) {
                baseline.reject("history", "'history' is a number of seasons from 3 to 60");
            } else {
                seasons = history.intValue();
            }
        }
        baseline.rejectUnknown();
        return new Condition.OutsideBaseline(
                season, sensitivity == null ? BigDecimal.valueOf(3) : sensitivity, seasons);
    }

    /** For how long: of aligned buckets a whole number, as there is nothing between two of them. */
    private static Duration holdFor(
            YamlMapping when, String key, @Nullable Granularity granularity) {
        Duration length = AlertKeys.duration(when, key, Duration.ZERO, LONGEST_FOR, Duration.ZERO);
        if (granularity != null && granularity.isAligned()) {
            long width = granularity.width().toSeconds();
            long rest = length.toSeconds() % width;
            if (rest != 0) {
                when.reject(
                        key,
                        "'%s' is not a whole number of the query's %ss; write %s"
                                .formatted(
                                        DurationText.write(length),
                                        granularity.name().toLowerCase(Locale.ROOT),
                                        DurationText.write(length.plusSeconds(width - rest))));
            } else if (length.toSeconds() / width > MAX_BUCKETS) {
                when.reject(
                        key,
                        "'%s' is more than %d of the query's %ss; take a coarser granularity"
                                .formatted(
                                        DurationText.write(length),
                                        MAX_BUCKETS,
                                        granularity.name().toLowerCase(Locale.ROOT)));
            }
        }
        return length;
    }

    private static String measure(YamlMapping when, List<String> measures) {
        Optional<YamlValue> found = when.take("measure");
        if (found.isEmpty()) {
            if (measures.size() > 1) {
                when.reject(
                        "measure",
                        "the query has several measures; 'measure' says which one is judged");
            }
            return measures.isEmpty() ? "" : measures.getFirst();
        }
        String measure = found.get().text().orElse("");
        if (!measures.contains(measure)) {
            found.get()
                    .reject(
                            "'%s' is no measure of the query%s"
                                    .formatted(measure, NearestName.hint(measure, measures)));
        }
        return measure;
    }

    private static @Nullable BigDecimal resolveAt(YamlMapping when, Condition condition) {
        BigDecimal resolveAt = AlertKeys.number(when, "resolve_at");
        if (resolveAt == null) {
            return null;
        }
        boolean good =
                switch (condition) {
                    case Condition.Below(BigDecimal threshold) ->
                            resolveAt.compareTo(threshold) >= 0;
                    case Condition.Above(BigDecimal threshold) ->
                            resolveAt.compareTo(threshold) <= 0;
                    case Condition.Absent _, Condition.OutsideBaseline _ -> false;
                };
        if (!good) {
            when.reject(
                    "resolve_at",
                    "'resolve_at' is on the good side of 'below' or 'above': at least the former,"
                            + " at most the latter");
        }
        return resolveAt;
    }

    private static @Nullable BusinessCalendar calendar(YamlMapping alert) {
        Optional<YamlValue> found = alert.take("calendar");
        if (found.isEmpty()) {
            return null;
        }
        YamlMapping calendar = found.get().mapping();
        String open = calendar.requiredText("open");
        ZoneId zone = AlertKeys.zone(calendar, "timezone");
        Set<LocalDate> closed = new LinkedHashSet<>();
        for (YamlValue item : calendar.list("closed")) {
            String text = item.text().orElse("");
            try {
                closed.add(LocalDate.parse(text));
            } catch (DateTimeException e) {
                item.reject("'%s' is no date; write it as in 2026-12-25".formatted(text));
            }
        }
        calendar.rejectUnknown();
        try {
            return open.isEmpty()
                    ? null
                    : new BusinessCalendar(OpeningHours.parse(open), zone, closed);
        } catch (OpeningHours.Unreadable e) {
            calendar.reject("open", e.text());
            return null;
        }
    }

    private static Map<String, String> labels(YamlMapping alert, Map<String, String> dimensions) {
        Map<String, String> labels = new LinkedHashMap<>();
        alert.take("labels")
                .ifPresent(
                        value ->
                                value.mapping()
                                        .entries()
                                        .forEach(
                                                (key, item) -> {
                                                    checkLabel(item, key, dimensions);
                                                    labels.put(key, item.text().orElse(""));
                                                }));
        if (labels.size() > MAX_LABELS) {
            alert.reject("labels", "an alert has at most " + MAX_LABELS + " labels");
        }
        return labels;
    }

    private static void checkLabel(YamlValue at, String label, Map<String, String> dimensions) {
        if (!LABEL.matcher(label).matches()) {
            at.reject("the label '%s' must hold only letters, digits and _".formatted(label));
        } else if (RESERVED.contains(label)) {
            at.reject("the label '%s' is set already".formatted(label));
        } else if (dimensions.containsValue(label)) {
            at.reject("the label '%s' is a dimension of the query".formatted(label));
        }
    }

    /** A dimension's own name as its label, or that with its cube where two would be the same. */
    private static Map<String, String> labelsOf(List<String> dimensions) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String dimension : dimensions) {
            String own = dimension.substring(dimension.indexOf('.') + 1);
            long same =
                    dimensions.stream()
                            .filter(other -> other.endsWith("." + own))
                            .distinct()
                            .count();
            labels.put(
                    dimension,
                    same > 1 || RESERVED.contains(own) ? dimension.replace('.', '_') : own);
        }
        return labels;
    }

    private static List<String> groupBy(
            YamlMapping alert, Map<String, String> labels, Map<String, String> dimensions) {
        List<String> grouped = new ArrayList<>();
        for (YamlValue item : alert.list("group_by")) {
            String written = item.text().orElse("");
            String label = dimensions.getOrDefault(written, written);
            if (!labels.containsKey(label)
                    && !dimensions.containsValue(label)
                    && !RESERVED.contains(label)) {
                Set<String> known = new LinkedHashSet<>(labels.keySet());
                known.addAll(dimensions.values());
                known.addAll(dimensions.keySet());
                item.reject(
                        "there is no dimension or label '%s'%s"
                                .formatted(written, NearestName.hint(written, known)));
            }
            grouped.add(label);
        }
        return grouped;
    }
}
