package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads one cube. */
final class CubeReader {

    private static final Map<String, Join.Relationship> RELATIONSHIPS =
            Map.ofEntries(
                    Map.entry("one_to_one", Join.Relationship.ONE_TO_ONE),
                    Map.entry("one_to_many", Join.Relationship.ONE_TO_MANY),
                    Map.entry("many_to_one", Join.Relationship.MANY_TO_ONE),
                    Map.entry("has_one", Join.Relationship.ONE_TO_ONE),
                    Map.entry("has_many", Join.Relationship.ONE_TO_MANY),
                    Map.entry("belongs_to", Join.Relationship.MANY_TO_ONE));

    private final YamlMapping cube;
    private final String name;
    private final @Nullable Extension base;
    private final Map<String, Position> members = new HashMap<>();

    /**
     * @param base the cube that it extends
     */
    CubeReader(YamlMapping cube, String name, @Nullable Cube base) {
        this.cube = cube;
        this.name = name;
        this.base = base == null ? null : new Extension(base, name);
    }

    Cube read() {
        cube.rejectPlanned("context_members", "calendar", "rewrite_queries");
        checkDataSource();
        cube.take("sql_alias").ifPresent(YamlValue::text);
        RefreshKeys.check(cube);
        boolean table = cube.take("sql_table").isPresent();
        SqlTemplate relation;
        if (base != null && !table && cube.take("sql").isEmpty()) {
            table = base.cube().table();
            relation = base.cube().relation();
        } else {
            relation = relation(table);
        }
        List<Dimension> dimensions = new ArrayList<>();
        for (YamlValue item : cube.list("dimensions")) {
            YamlMapping mapping = item.mapping();
            dimensions.add(MemberReader.dimension(mapping, claim(mapping)));
            mapping.rejectUnknown();
        }
        Set<String> dimensionNames = names(dimensions.stream().map(Dimension::name));
        if (base != null) {
            base.cube().dimensions().forEach(d -> dimensionNames.add(d.name()));
        }
        List<Measure> measures = new ArrayList<>();
        MeasureReader measureReader = new MeasureReader(name, dimensionNames);
        for (YamlValue item : cube.list("measures")) {
            YamlMapping mapping = item.mapping();
            measures.add(measureReader.measure(mapping, claim(mapping)));
            mapping.rejectUnknown();
        }
        List<Segment> segments = new ArrayList<>();
        for (YamlValue item : cube.list("segments")) {
            YamlMapping mapping = item.mapping();
            segments.add(MemberReader.segment(mapping, claim(mapping)));
            mapping.rejectUnknown();
        }
        Set<String> own = Set.copyOf(members.keySet());
        if (base != null) {
            base.cube().memberNames().forEach(m -> members.putIfAbsent(m, cube.position()));
        }
        List<Hierarchy> hierarchies = hierarchies();
        List<Rollup> rollups = RollupReader.read(cube, members.keySet());
        List<AccessPolicy> policies =
                new AccessPolicyReader(dimensionNames, members.keySet()).read(cube);
        Cube read =
                new Cube(
                        name,
                        cube.position(),
                        relation,
                        table,
                        CubeKeys.about(cube),
                        policies,
                        joins(),
                        dimensions,
                        measures,
                        segments,
                        hierarchies,
                        rollups);
        return base == null ? read : base.extendedBy(read, own);
    }

    private static Set<String> names(Stream<String> names) {
        return names.collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private void checkDataSource() {
        String source = cube.text("data_source");
        if (source != null && !source.equals("default")) {
            cube.reject(
                    "data_source",
                    "the warehouse is the only data source, 'default'; land '%s' by a source"
                            .formatted(source));
        }
    }

    private SqlTemplate relation(boolean table) {
        Optional<YamlValue> sql = cube.take("sql");
        if (table && sql.isPresent()) {
            cube.reject("sql", "a cube has either 'sql_table' or 'sql'");
        }
        Optional<YamlValue> found = table ? cube.take("sql_table") : sql;
        if (found.isEmpty()) {
            cube.reject("name", "the cube needs 'sql_table' or 'sql'");
            return new SqlTemplate(cube.position(), List.of());
        }
        return SqlTemplateReader.read(found.get());
    }

    private String claim(YamlMapping member) {
        String memberName = CubeKeys.name(member);
        Position other = members.putIfAbsent(memberName, member.position("name"));
        if (other != null && !memberName.isEmpty()) {
            member.reject(
                    "name",
                    "the cube '%s' has a member '%s' already in line %d"
                            .formatted(name, memberName, other.line()));
        }
        return memberName;
    }

    private List<Join> joins() {
        List<Join> joins = new ArrayList<>();
        for (YamlValue item : cube.list("joins")) {
            YamlMapping join = item.mapping();
            String target = join.requiredText("name");
            if (joins.stream().anyMatch(other -> other.target().equals(target))) {
                join.reject("name", "the cube joins '" + target + "' already");
            }
            String written = join.requiredText("relationship");
            Join.Relationship relationship = RELATIONSHIPS.get(written);
            if (relationship == null && !written.isEmpty()) {
                join.reject(
                        "relationship",
                        "'%s' is not one of one_to_one, one_to_many, many_to_one%s"
                                .formatted(
                                        written,
                                        NearestName.hint(written, RELATIONSHIPS.keySet())));
            }
            joins.add(
                    new Join(
                            target,
                            join.position("name"),
                            relationship == null ? Join.Relationship.ONE_TO_MANY : relationship,
                            MemberReader.requiredSql(join, "sql")));
            join.rejectUnknown();
        }
        return joins;
    }

    private List<Hierarchy> hierarchies() {
        List<Hierarchy> hierarchies = new ArrayList<>();
        for (YamlValue item : cube.list("hierarchies")) {
            YamlMapping hierarchy = item.mapping();
            String hierarchyName = CubeKeys.name(hierarchy);
            List<String> levels = new ArrayList<>();
            for (YamlValue level : hierarchy.list("levels")) {
                String written = level.text().orElse("");
                String own = written.startsWith(name + ".") ? unqualified(written) : written;
                if (!members.containsKey(own)) {
                    CubeKeys.reject(level, "dimension", written, members.keySet());
                }
                levels.add(name + "." + own);
            }
            if (levels.isEmpty()) {
                hierarchy.reject("levels", "a hierarchy names its levels, from coarse to fine");
            }
            hierarchies.add(new Hierarchy(hierarchyName, levels, CubeKeys.about(hierarchy)));
            hierarchy.rejectUnknown();
        }
        return hierarchies;
    }

    private String unqualified(String member) {
        return member.substring(name.length() + 1);
    }
}
