package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads {@code pre_aggregations}. Those of type {@code original_sql} and {@code rollup_lambda} only
 * say how Cube is to refresh what it keeps; they are checked and left aside.
 */
final class RollupReader {

    private static final Set<String> TYPES =
            new TreeSet<>(Set.of("rollup", "original_sql", "rollup_join", "rollup_lambda"));
    private static final String JOIN = "rollup_join";

    private final Set<String> members;

    /**
     * @param members the names of the cube's members
     */
    private RollupReader(Set<String> members) {
        this.members = members;
    }

    static List<Rollup> read(YamlMapping cube, Set<String> members) {
        RollupReader reader = new RollupReader(members);
        List<Rollup> rollups = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        for (YamlValue item : cube.list("pre_aggregations")) {
            YamlMapping mapping = item.mapping();
            @Nullable Rollup rollup = reader.rollup(mapping);
            if (rollup != null) {
                if (!names.add(rollup.name())) {
                    mapping.reject(
                            "name", "there is another pre-aggregation '" + rollup.name() + "'");
                }
                rollups.add(rollup);
            }
        }
        return rollups;
    }

    private @Nullable Rollup rollup(YamlMapping rollup) {
        String name = CubeKeys.name(rollup);
        String written = rollup.text("type");
        String type = written == null ? "rollup" : written;
        if (!TYPES.contains(type)) {
            rollup.reject("type", "'" + type + "' is not one of " + TYPES);
        }
        List<String> measures = members(rollup, "measures");
        List<String> dimensions = members(rollup, "dimensions");
        List<String> segments = members(rollup, "segments");
        List<Rollup.Time> times = times(rollup);
        List<Rollup.Index> indexes = new ArrayList<>();
        for (YamlValue item : rollup.list("indexes")) {
            YamlMapping index = item.mapping();
            indexes.add(new Rollup.Index(index.requiredText("name"), members(index, "columns")));
            index.text("type");
            index.rejectUnknown();
        }
        List<String> joined = rollup.texts("rollups");
        if (type.equals(JOIN) && joined.size() < 2) {
            rollup.reject(
                    "rollups",
                    "a rollup_join names the rollups that it joins, at least two of them");
        }
        checkUnit(rollup, "partition_granularity");
        for (String key : List.of("build_range_start", "build_range_end")) {
            rollup.take(key)
                    .ifPresent(
                            range -> {
                                YamlMapping sql = range.mapping();
                                MemberReader.requiredSql(sql, "sql");
                                sql.rejectUnknown();
                            });
        }
        rollup.flag("external", true);
        rollup.flag("scheduled_refresh", true);
        rollup.flag("allow_non_strict_date_range_match", false);
        rollup.flag("union_with_source_data", false);
        Rollup read =
                new Rollup(
                        name,
                        rollup.position(),
                        measures,
                        dimensions,
                        segments,
                        times,
                        indexes,
                        type.equals(JOIN) ? joined : List.of(),
                        RefreshKeys.every(rollup));
        rollup.rejectUnknown();
        return type.equals("rollup") || type.equals(JOIN) ? read : null;
    }

    private List<Rollup.Time> times(YamlMapping rollup) {
        List<Rollup.Time> times = new ArrayList<>();
        String granularity = checkUnit(rollup, "granularity");
        rollup.take("time_dimension")
                .ifPresent(
                        value -> {
                            if (granularity == null) {
                                rollup.reject(
                                        "time_dimension", "it needs a 'granularity' beside it");
                            } else {
                                times.add(new Rollup.Time(member(value), granularity));
                            }
                        });
        for (YamlValue item : rollup.list("time_dimensions")) {
            YamlMapping time = item.mapping();
            @Nullable String unit = checkUnit(time, "granularity");
            @Nullable YamlValue dimension = time.take("dimension").orElse(null);
            if (dimension == null || unit == null) {
                time.reject(
                        "granularity",
                        "a time dimension of a rollup has a 'dimension' and a" + " 'granularity'");
            } else {
                times.add(new Rollup.Time(member(dimension), unit));
            }
            time.rejectUnknown();
        }
        return times;
    }

    private List<String> members(YamlMapping mapping, String key) {
        return mapping.list(key).stream().map(this::member).toList();
    }

    /** The member as it is named; that of the cube itself without the cube. */
    private String member(YamlValue value) {
        String written = value.text().orElse("");
        String own = written.startsWith("CUBE.") ? written.substring(5) : written;
        if (!own.contains(".") && !members.contains(own)) {
            CubeKeys.reject(value, "member", written, members);
        }
        return own;
    }

    private static @Nullable String checkUnit(YamlMapping mapping, String key) {
        String unit = mapping.text(key);
        if (unit != null && !CubeKeys.UNITS.contains(unit)) {
            mapping.reject(
                    key, "'" + unit + "' is not one of " + String.join(", ", CubeKeys.UNITS));
        }
        return unit;
    }
}
