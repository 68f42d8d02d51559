package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the dimensions and segments of one cube. */
final class MemberReader {

    private MemberReader() {}

    static Dimension dimension(YamlMapping mapping, String name) {
        Dimension.Type type =
                mapping.take("type").isPresent()
                        ? mapping.choice("type", Dimension.Type.class, Dimension.Type.STRING)
                        : missingType(mapping);
        mapping.rejectPlanned("multi_stage", "group_by", "add_group_by", "reduce_by");
        mapping.take("field_type").ifPresent(YamlValue::text);
        boolean suggest = mapping.flag("suggest_filter_values", true);
        return new Dimension(
                name,
                mapping.position("name"),
                type,
                expression(mapping, type),
                mapping.flag("primary_key", false),
                mask(mapping),
                text(mapping, "format"),
                suggest,
                granularities(mapping, type),
                CubeKeys.about(mapping));
    }

    private static Dimension.Type missingType(YamlMapping mapping) {
        mapping.reject("name", "the dimension needs a 'type'");
        return Dimension.Type.STRING;
    }

    /** A mask: text, a number, or SQL. */
    static @Nullable SqlTemplate mask(YamlMapping mapping) {
        Optional<YamlValue> found = mapping.take("mask");
        if (found.isEmpty()) {
            return null;
        }
        if (found.get().isMapping()) {
            YamlMapping expression = found.get().mapping();
            SqlTemplate template = requiredSql(expression, "sql");
            expression.rejectUnknown();
            return template;
        }
        return literal(
                found.get().position(),
                found.get().plain() instanceof String text
                        ? "'" + text.replace("'", "''") + "'"
                        : String.valueOf(found.get().plain()));
    }

    private static SqlTemplate literal(Position position, String sql) {
        return new SqlTemplate(position, List.of(new SqlTemplate.Text(sql)));
    }

    private static Dimension.Expression expression(YamlMapping mapping, Dimension.Type type) {
        boolean subQuery = mapping.flag("sub_query", false);
        boolean filtered = mapping.flag("propagate_filters_to_sub_query", false);
        List<String> values = mapping.texts("values");
        Optional<YamlValue> sql = mapping.take("sql");
        Optional<YamlValue> branches = mapping.take("case");
        Optional<YamlValue> latitude = mapping.take("latitude");
        Optional<YamlValue> longitude = mapping.take("longitude");
        if (type == Dimension.Type.SWITCH) {
            if (values.isEmpty() || sql.isPresent() || branches.isPresent()) {
                mapping.reject("type", "a dimension of type switch has 'values', and no SQL");
            }
            return new Dimension.Switch(values);
        }
        if (!values.isEmpty()) {
            mapping.reject("values", "only a dimension of type switch has values of its own");
        }
        if (type == Dimension.Type.GEO) {
            if (latitude.isEmpty() || longitude.isEmpty()) {
                mapping.reject("type", "a geo dimension has 'latitude' and 'longitude'");
            }
            return new Dimension.Geo(geo(mapping, latitude), geo(mapping, longitude));
        }
        if (branches.isPresent()) {
            if (sql.isPresent()) {
                mapping.reject("case", "a dimension has either 'sql' or 'case'");
            }
            return cases(branches.get().mapping());
        }
        if (sql.isEmpty()) {
            mapping.reject("name", "the dimension needs 'sql' or 'case'");
            return new Dimension.Sql(new SqlTemplate(mapping.position(), List.of()));
        }
        SqlTemplate template = SqlTemplateReader.read(sql.get());
        return subQuery ? new Dimension.SubQuery(template, filtered) : new Dimension.Sql(template);
    }

    private static SqlTemplate geo(YamlMapping mapping, Optional<YamlValue> part) {
        if (part.isEmpty()) {
            return new SqlTemplate(mapping.position(), List.of());
        }
        YamlMapping inner = part.get().mapping();
        SqlTemplate template = requiredSql(inner, "sql");
        inner.rejectUnknown();
        return template;
    }

    private static Dimension.Case cases(YamlMapping mapping) {
        List<Dimension.When> whens = new ArrayList<>();
        for (YamlValue item : mapping.list("when")) {
            YamlMapping when = item.mapping();
            whens.add(new Dimension.When(requiredSql(when, "sql"), label(when)));
            when.rejectUnknown();
        }
        if (whens.isEmpty()) {
            mapping.reject("when", "a case has at least one 'when' with 'sql' and 'label'");
        }
        SqlTemplate otherwise = null;
        Optional<YamlValue> last = mapping.take("else");
        if (last.isPresent()) {
            YamlMapping branch = last.get().mapping();
            otherwise = label(branch);
            branch.rejectUnknown();
        }
        mapping.rejectUnknown();
        return new Dimension.Case(whens, otherwise);
    }

    private static SqlTemplate label(YamlMapping branch) {
        Optional<YamlValue> label = branch.take("label");
        if (label.isPresent() && label.get().isMapping()) {
            YamlMapping expression = label.get().mapping();
            SqlTemplate template = requiredSql(expression, "sql");
            expression.rejectUnknown();
            return template;
        }
        String text = branch.requiredText("label");
        return literal(branch.position("label"), "'" + text.replace("'", "''") + "'");
    }

    private static List<Dimension.Granularity> granularities(
            YamlMapping mapping, Dimension.Type type) {
        List<Dimension.Granularity> granularities = new ArrayList<>();
        for (YamlValue item : mapping.list("granularities")) {
            YamlMapping granularity = item.mapping();
            String name = CubeKeys.name(granularity);
            if (type != Dimension.Type.TIME) {
                mapping.reject("granularities", "only a time dimension has granularities");
            }
            if (CubeKeys.UNITS.contains(name)) {
                granularity.reject("name", "'" + name + "' is a unit of the calendar already");
            }
            granularity.requiredText("interval");
            String interval = CubeKeys.interval(granularity, "interval");
            granularities.add(
                    new Dimension.Granularity(
                            name,
                            granularity.text("title"),
                            interval == null ? "" : interval,
                            CubeKeys.interval(granularity, "offset"),
                            granularity.text("origin")));
            granularity.rejectUnknown();
        }
        return granularities;
    }

    static Segment segment(YamlMapping mapping, String name) {
        return new Segment(
                name,
                mapping.position("name"),
                requiredSql(mapping, "sql"),
                CubeKeys.about(mapping));
    }

    static SqlTemplate requiredSql(YamlMapping mapping, String key) {
        Optional<YamlValue> sql = mapping.take(key);
        if (sql.isEmpty()) {
            mapping.requiredText(key);
            return new SqlTemplate(mapping.position(), List.of());
        }
        return SqlTemplateReader.read(sql.get());
    }

    static @Nullable String text(YamlMapping mapping, String key) {
        Optional<YamlValue> found = mapping.take(key);
        if (found.isPresent() && found.get().isMapping()) {
            found.get().reject("'" + key + "' as a mapping is not offered by this version");
            return null;
        }
        return mapping.text(key);
    }
}
