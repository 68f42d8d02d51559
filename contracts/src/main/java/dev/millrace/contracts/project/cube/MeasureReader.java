package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the measures of one cube. */
final class MeasureReader {

    private static final List<String> STAGING =
            List.of("time_shift", "group_by", "add_group_by", "reduce_by", "order_by");

    private final String cube;
    private final Set<String> members;

    /**
     * @param members the names of the cube's dimensions
     */
    MeasureReader(String cube, Set<String> members) {
        this.cube = cube;
        this.members = members;
    }

    Measure measure(YamlMapping mapping, String name) {
        Measure.Type type =
                mapping.take("type").isPresent()
                        ? mapping.choice("type", Measure.Type.class, Measure.Type.NUMBER)
                        : missingType(mapping);
        mapping.rejectPlanned("drill_filters");
        Optional<YamlValue> sql = mapping.take("sql");
        Measure.Choice choice = mapping.take("case").map(this::choice).orElse(null);
        MultiStage stage = stage(mapping, type, choice);
        boolean needsNone =
                type == Measure.Type.COUNT || type == Measure.Type.RANK || choice != null;
        if (sql.isEmpty() && !needsNone) {
            mapping.reject("name", "a measure of this type needs 'sql'");
        }
        if (choice != null && (sql.isPresent() || !type.isCalculated())) {
            mapping.reject(
                    "case",
                    "a measure with 'case' has a calculated type, such as number, and no"
                            + " 'sql' of its own");
        }
        List<SqlTemplate> filters = filters(mapping, type, stage);
        RollingWindow window = window(mapping, type);
        if (window != null && stage != null) {
            mapping.reject("rolling_window", "a measure in a stage of its own has no window");
        }
        return new Measure(
                name,
                mapping.position("name"),
                type,
                sql.map(SqlTemplateReader::read).orElse(null),
                filters,
                window,
                stage,
                choice,
                MemberReader.mask(mapping),
                MemberReader.text(mapping, "format"),
                MemberReader.text(mapping, "currency"),
                drillMembers(mapping),
                CubeKeys.about(mapping));
    }

    private static Measure.Type missingType(YamlMapping mapping) {
        mapping.reject("name", "the measure needs a 'type'");
        return Measure.Type.NUMBER;
    }

    private static List<SqlTemplate> filters(
            YamlMapping mapping, Measure.Type type, @Nullable MultiStage stage) {
        List<SqlTemplate> filters = new ArrayList<>();
        for (YamlValue item : mapping.list("filters")) {
            YamlMapping filter = item.mapping();
            filters.add(MemberReader.requiredSql(filter, "sql"));
            filter.rejectUnknown();
        }
        if ((type.isCalculated() || stage != null) && !filters.isEmpty()) {
            mapping.reject(
                    "filters",
                    "a calculated measure has no rows to filter; put the filters on the measures"
                            + " that it is calculated from");
        }
        return filters;
    }

    private Measure.Choice choice(YamlValue value) {
        YamlMapping mapping = value.mapping();
        SqlTemplate dimension = MemberReader.requiredSql(mapping, "switch");
        List<Measure.When> whens = new ArrayList<>();
        for (YamlValue item : mapping.list("when")) {
            YamlMapping when = item.mapping();
            whens.add(
                    new Measure.When(
                            when.requiredText("value"), MemberReader.requiredSql(when, "sql")));
            when.rejectUnknown();
        }
        if (whens.isEmpty()) {
            mapping.reject("when", "a case has at least one 'when' with 'value' and 'sql'");
        }
        SqlTemplate otherwise = null;
        Optional<YamlValue> last = mapping.take("else");
        if (last.isPresent()) {
            YamlMapping branch = last.get().mapping();
            otherwise = MemberReader.requiredSql(branch, "sql");
            branch.rejectUnknown();
        }
        mapping.rejectUnknown();
        return new Measure.Choice(dimension, whens, otherwise);
    }

    private @Nullable MultiStage stage(
            YamlMapping mapping, Measure.Type type, Measure.@Nullable Choice choice) {
        boolean staged = mapping.flag("multi_stage", false);
        for (String key : STAGING) {
            if (mapping.take(key).isPresent() && !staged) {
                mapping.reject(key, "'" + key + "' is for measures with 'multi_stage: true'");
            }
        }
        if (!staged) {
            if (type == Measure.Type.RANK) {
                mapping.reject("type", "a rank is a measure with 'multi_stage: true'");
            }
            return null;
        }
        if (type == Measure.Type.RANK && mapping.take("order_by").isEmpty()) {
            mapping.reject("type", "a rank needs 'order_by', by which it is counted");
        }
        if (mapping.take("group_by").isPresent() && mapping.take("reduce_by").isPresent()) {
            mapping.reject("reduce_by", "a measure has either 'group_by' or 'reduce_by'");
        }
        MultiStage stage =
                new MultiStage(
                        mapping.take("group_by").isPresent() ? paths(mapping, "group_by") : null,
                        paths(mapping, "reduce_by"),
                        paths(mapping, "add_group_by"),
                        shifts(mapping),
                        ranks(mapping));
        // A case is a calculation like others: it needs no stage of its own.
        return choice == null ? stage : null;
    }

    private List<String> paths(YamlMapping mapping, String key) {
        return mapping.texts(key).stream().map(this::path).toList();
    }

    /** A member as cube.member, or cube.member.granularity. */
    private String path(String written) {
        String path = written.replaceAll("[{}\\s]", "");
        if (path.startsWith("CUBE.")) {
            return cube + path.substring(4);
        }
        int dot = path.indexOf('.');
        boolean own = members.contains(dot < 0 ? path : path.substring(0, dot));
        return dot < 0 || own ? cube + "." + path : path;
    }

    private List<MultiStage.TimeShift> shifts(YamlMapping mapping) {
        List<MultiStage.TimeShift> shifts = new ArrayList<>();
        for (YamlValue item : mapping.list("time_shift")) {
            YamlMapping shift = item.mapping();
            shift.rejectPlanned("name");
            String dimension = shift.text("time_dimension");
            shift.requiredText("interval");
            String interval = CubeKeys.interval(shift, "interval");
            String type = shift.text("type");
            if (type != null && !type.equals("prior") && !type.equals("next")) {
                shift.reject("type", "'" + type + "' is neither 'prior' nor 'next'");
            }
            if (interval != null) {
                shifts.add(
                        new MultiStage.TimeShift(
                                dimension == null ? null : path(dimension),
                                "next".equals(type) ? negated(interval) : interval));
            }
            shift.rejectUnknown();
        }
        return shifts;
    }

    private static String negated(String interval) {
        StringBuilder negated = new StringBuilder();
        for (String word : interval.split(" ", -1)) {
            boolean number = Character.isDigit(word.charAt(word.length() - 1));
            String turned = word.startsWith("-") ? word.substring(1) : "-" + word;
            negated.append(negated.isEmpty() ? "" : " ").append(number ? turned : word);
        }
        return negated.toString();
    }

    private static List<MultiStage.Rank> ranks(YamlMapping mapping) {
        List<MultiStage.Rank> ranks = new ArrayList<>();
        for (YamlValue item : mapping.list("order_by")) {
            YamlMapping rank = item.mapping();
            String direction = rank.text("dir");
            if (direction != null && !direction.equals("asc") && !direction.equals("desc")) {
                rank.reject("dir", "'" + direction + "' is neither 'asc' nor 'desc'");
            }
            ranks.add(
                    new MultiStage.Rank(
                            MemberReader.requiredSql(rank, "sql"), "desc".equals(direction)));
            rank.rejectUnknown();
        }
        return ranks;
    }

    private static @Nullable RollingWindow window(YamlMapping mapping, Measure.Type type) {
        Optional<YamlValue> found = mapping.take("rolling_window");
        if (found.isEmpty()) {
            return null;
        }
        YamlMapping window = found.get().mapping();
        if (type.isCalculated()) {
            mapping.reject(
                    "rolling_window",
                    "a calculated measure has no window; calculate it from measures that have one");
        }
        String kind = window.text("type");
        String unit = window.text("granularity");
        if (kind != null && !kind.equals("fixed") && !kind.equals("to_date")) {
            window.reject("type", "'" + kind + "' is neither 'fixed' nor 'to_date'");
        }
        boolean toDate = "to_date".equals(kind);
        if (toDate && (unit == null || !CubeKeys.UNITS.contains(unit))) {
            window.reject(
                    "type",
                    "a window to date needs a 'granularity', one of "
                            + String.join(", ", CubeKeys.UNITS));
        }
        for (String key : List.of("trailing", "leading")) {
            String text = window.text(key);
            if (text != null
                    && !text.equals(RollingWindow.UNBOUNDED)
                    && !CubeKeys.isInterval(text)) {
                window.reject(
                        key, "'" + text + "' is neither 'unbounded' nor an interval as '3 month'");
            }
        }
        String offset = window.text("offset");
        if (offset != null && !offset.equals("start") && !offset.equals("end")) {
            window.reject("offset", "'" + offset + "' is neither 'start' nor 'end'");
        }
        window.rejectUnknown();
        return new RollingWindow(
                window.text("trailing"),
                window.text("leading"),
                "start".equals(offset),
                toDate ? unit : null);
    }

    private List<String> drillMembers(YamlMapping mapping) {
        return mapping.texts("drill_members").stream()
                .map(member -> member.startsWith("CUBE.") ? member.substring(5) : member)
                .map(member -> member.contains(".") ? member : cube + "." + member)
                .toList();
    }
}
