package dev.millrace.contracts.project.alert;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.CubeModel;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.View;
import dev.millrace.contracts.project.cube.ViewMember;

import org.jspecify.annotations.Nullable;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the query of an alert, and checks that there is what it names. */
final class AlertQueryReader {

    private static final int MAX_MEMBERS = 20;
    private static final String UNIT = "(?:day|week|month|year|quarter|hour|minute|second)";
    private static final String POINT =
            "(?:now|(?:\\d{1,6}|an?) %1$ss? ago|(?:in )?(?:\\d{1,6}|an?) %1$ss?(?: from now)?)"
                    .formatted(UNIT);
    private static final Pattern RANGE =
            Pattern.compile(
                    "(?i)\\s*(?:(?:this|last) %1$s|last \\d{1,6} %1$ss?|today|yesterday|from %2$s to %2$s)\\s*"
                            .formatted(UNIT, POINT));

    private final Map<String, Kind> members = new HashMap<>();

    private enum Kind {
        MEASURE("measure"),
        DIMENSION("dimension"),
        TIME("time dimension"),
        SEGMENT("segment");

        private final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    /** A query that was read. */
    record Read(
            Map<String, @Nullable Object> plain,
            List<String> measures,
            List<String> dimensions,
            @Nullable Granularity granularity,
            boolean hasRange,
            ZoneId zone) {

        static final Read NOTHING =
                new Read(Map.of(), List.of(), List.of(), null, true, ZoneId.of("UTC"));
    }

    AlertQueryReader(CubeModel model) {
        for (Cube cube : model.cubes()) {
            String prefix = cube.name() + ".";
            cube.measures().forEach(m -> members.put(prefix + m.name(), Kind.MEASURE));
            cube.dimensions().forEach(d -> members.put(prefix + d.name(), kind(d)));
            cube.segments().forEach(s -> members.put(prefix + s.name(), Kind.SEGMENT));
        }
        for (View view : model.views()) {
            for (ViewMember member : view.members()) {
                Kind kind = members.get(member.cube() + "." + member.member());
                if (kind != null) {
                    members.put(view.name() + "." + member.name(), kind);
                }
            }
        }
    }

    private static Kind kind(Dimension dimension) {
        return dimension.type() == Dimension.Type.TIME ? Kind.TIME : Kind.DIMENSION;
    }

    Read read(YamlMapping query) {
        List<String> measures = named(query, "measures", Kind.MEASURE);
        if (measures.isEmpty()) {
            query.reject("measures", "the query has at least one measure, whose values are judged");
        }
        List<String> dimensions = named(query, "dimensions", Kind.DIMENSION);
        List<String> segments = named(query, "segments", Kind.SEGMENT);
        if (measures.size() + dimensions.size() + segments.size() > MAX_MEMBERS) {
            query.reject("measures", "the query has more than " + MAX_MEMBERS + " members");
        }
        query.list("filters").forEach(this::checkFilter);
        List<YamlValue> times = query.list("timeDimensions");
        @Nullable Granularity granularity = null;
        if (times.size() > 1) {
            times.get(1).reject("the query of an alert has one time dimension");
        }
        if (!times.isEmpty()) {
            granularity = time(times.getFirst().mapping());
        }
        ZoneId zone = AlertKeys.zone(query, "timezone");
        query.rejectUnknown();
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        query.entries().forEach((key, value) -> plain.put(key, value.plain()));
        boolean hasRange =
                times.stream().anyMatch(t -> t.mapping().entries().containsKey("dateRange"));
        return new Read(plain, measures, dimensions, granularity, hasRange, zone);
    }

    private List<String> named(YamlMapping query, String key, Kind kind) {
        Optional<YamlValue> found = query.take(key);
        if (found.isPresent() && !found.get().isList()) {
            found.get().reject("'%s' is a list".formatted(key));
        }
        List<String> names = new ArrayList<>();
        for (YamlValue item : found.map(YamlValue::items).orElse(List.of())) {
            String name = item.text().orElse("");
            checkMember(item, name, kind);
            if (!name.isEmpty() && !names.contains(name)) {
                names.add(name);
            }
        }
        return names;
    }

    private void checkMember(YamlValue at, String name, @Nullable Kind wanted) {
        Kind kind = members.get(name);
        if (kind == null) {
            List<String> known =
                    members.entrySet().stream()
                            .filter(m -> wanted == null || fits(m.getValue(), wanted))
                            .map(Map.Entry::getKey)
                            .sorted()
                            .toList();
            at.reject(
                    "there is no %s '%s' in the project's cubes%s"
                            .formatted(
                                    wanted == null ? "member" : wanted.text,
                                    name,
                                    NearestName.hint(name, known)));
        } else if (wanted != null && !fits(kind, wanted)) {
            at.reject("'%s' is a %s, not a %s".formatted(name, kind.text, wanted.text));
        }
    }

    private static boolean fits(Kind kind, Kind wanted) {
        return kind == wanted || (wanted == Kind.DIMENSION && kind == Kind.TIME);
    }

    private void checkFilter(YamlValue value) {
        YamlMapping filter = value.mapping();
        Optional<YamlValue> or = filter.take("or");
        Optional<YamlValue> and = filter.take("and");
        if (or.isPresent() || and.isPresent()) {
            or.ifPresent(inner -> inner.items().forEach(this::checkFilter));
            and.ifPresent(inner -> inner.items().forEach(this::checkFilter));
            filter.rejectUnknown();
            return;
        }
        Optional<YamlValue> dimension = filter.take("dimension");
        Optional<YamlValue> member = filter.take("member").or(() -> dimension);
        if (member.isEmpty()) {
            filter.requiredText("member");
        } else {
            checkMember(member.get(), member.get().text().orElse(""), null);
        }
        filter.requiredText("operator");
        filter.take("values")
                .filter(values -> !values.isList())
                .ifPresent(values -> values.reject("'values' is a list"));
        filter.rejectUnknown();
    }

    private @Nullable Granularity time(YamlMapping time) {
        Optional<YamlValue> dimension = time.take("dimension");
        if (dimension.isEmpty()) {
            time.requiredText("dimension");
        } else {
            checkMember(dimension.get(), dimension.get().text().orElse(""), Kind.TIME);
        }
        @Nullable Granularity granularity =
                time.take("granularity")
                        .map(
                                found ->
                                        YamlMapping.choice(
                                                found, Granularity.class, Granularity.MINUTE))
                        .orElse(null);
        Optional<YamlValue> range = time.take("dateRange");
        if (range.isEmpty()) {
            if (granularity != null) {
                time.reject(
                        "dateRange",
                        "a time dimension with a granularity needs a range, such as 'from 30"
                                + " minutes ago to now'");
            }
        } else if (!range.get().isScalar()) {
            range.get()
                    .reject(
                            "an alert looks at a range that moves, such as 'from 1 hour ago to"
                                    + " now'");
        } else if (range.get().text().filter(t -> RANGE.matcher(t).matches()).isEmpty()) {
            range.get()
                    .reject(
                            "the range is not one that moves; write 'from 30 minutes ago to now',"
                                    + " 'last 7 days' or 'today'");
        }
        time.rejectUnknown();
        return granularity;
    }
}
