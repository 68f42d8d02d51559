package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import java.util.List;
import java.util.Set;

/**
 * Checks {@code pre_aggregations}. They only make answers faster, never other: a version that does
 * not build them may leave them aside.
 */
final class Preaggregations {

    private static final Set<String> TYPES =
            Set.of("rollup", "original_sql", "rollup_join", "rollup_lambda");

    private Preaggregations() {}

    static void check(YamlMapping cube, Set<String> members) {
        for (YamlValue item : cube.list("pre_aggregations")) {
            checkRollup(item.mapping(), members);
        }
    }

    private static void checkRollup(YamlMapping rollup, Set<String> members) {
        CubeKeys.name(rollup);
        String type = rollup.text("type");
        if (type != null && !TYPES.contains(type)) {
            rollup.reject(
                    "type", "'" + type + "' is not one of " + TYPES.stream().sorted().toList());
        }
        for (String key : List.of("measures", "dimensions", "segments")) {
            rollup.list(key).forEach(member -> checkMember(member, members));
        }
        rollup.take("time_dimension").ifPresent(member -> checkMember(member, members));
        for (YamlValue item : rollup.list("time_dimensions")) {
            YamlMapping time = item.mapping();
            time.take("dimension").ifPresent(member -> checkMember(member, members));
            checkUnit(time, "granularity");
            time.rejectUnknown();
        }
        checkUnit(rollup, "granularity");
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
        for (YamlValue item : rollup.list("indexes")) {
            YamlMapping index = item.mapping();
            index.requiredText("name");
            index.list("columns").forEach(column -> checkMember(column, members));
            index.text("type");
            index.rejectUnknown();
        }
        rollup.flag("external", true);
        rollup.flag("scheduled_refresh", true);
        rollup.flag("allow_non_strict_date_range_match", false);
        rollup.flag("union_with_source_data", false);
        rollup.texts("rollups");
        RefreshKeys.check(rollup);
        rollup.rejectUnknown();
    }

    private static void checkMember(YamlValue value, Set<String> members) {
        String written = value.text().orElse("");
        String own = written.startsWith("CUBE.") ? written.substring(5) : written;
        if (!own.contains(".") && !members.contains(own)) {
            CubeKeys.reject(value, "member", written, members);
        }
    }

    private static void checkUnit(YamlMapping mapping, String key) {
        String unit = mapping.text(key);
        if (unit != null && !CubeKeys.UNITS.contains(unit)) {
            mapping.reject(
                    key, "'" + unit + "' is not one of " + String.join(", ", CubeKeys.UNITS));
        }
    }
}
