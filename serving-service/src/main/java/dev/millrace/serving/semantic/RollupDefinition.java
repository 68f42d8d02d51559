package dev.millrace.serving.semantic;

import dev.millrace.contracts.Sha256;
import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.contracts.project.cube.Rollup;
import dev.millrace.contracts.project.cube.SqlTemplate;
import dev.millrace.contracts.record.Identifiers;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.serving.semantic.Aggregates.Leaf;
import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.RollupTable.Cut;
import dev.millrace.serving.semantic.RollupTable.Stored;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What a rollup of the files comes to as a table. */
final class RollupDefinition {

    private static final String SCHEMA = "millrace_rollups";
    private static final int HASH_DIGITS = 8;
    private static final ZoneId UTC = ZoneId.of("UTC");

    private final SemanticModel model;
    private final Cube cube;
    private final Rollup rollup;
    private final ZoneId zone;
    private final List<Column> columns = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final Set<String> taken = new HashSet<>();
    private final Map<String, String> dimensions = new LinkedHashMap<>();
    private final Map<String, Cut> times = new LinkedHashMap<>();
    private final Map<String, Stored> measures = new LinkedHashMap<>();
    private final Map<String, String> byMember = new LinkedHashMap<>();
    private final Map<String, String> sources = new LinkedHashMap<>();

    private RollupDefinition(SemanticModel model, Cube cube, Rollup rollup, ZoneId zone) {
        this.model = model;
        this.cube = cube;
        this.rollup = rollup;
        this.zone = zone;
    }

    /**
     * The table, or one for each time zone if it depends on when days begin.
     *
     * @throws QueryException if it cannot be kept
     */
    static List<RollupTable> tables(
            SemanticModel model, Cube cube, Rollup rollup, Set<ZoneId> zones) {
        if (!rollup.joined().isEmpty()) {
            throw QueryException.user(
                    "it joins rollups, which is not offered; name the members of the other cubes in"
                            + " one rollup, which joins the cubes themselves");
        }
        boolean local =
                rollup.times().stream().anyMatch(time -> !RollupTimes.isFine(time.granularity()));
        List<RollupTable> tables = new ArrayList<>();
        for (ZoneId zone : local ? zones : Set.of(UTC)) {
            tables.add(new RollupDefinition(model, cube, rollup, zone).table());
        }
        return tables;
    }

    private RollupTable table() {
        Compilation compilation =
                new Compilation(
                        model,
                        new Sight(model, Viewer.PLATFORM, Set.of()),
                        Viewer.PLATFORM,
                        zone,
                        null);
        QueryPlan rows = plan(compilation, selected());
        checkRows(rows);
        dimensions(rows.tree());
        times();
        segments();
        List<String> keys = columns.stream().map(RollupDefinition::key).toList();
        rows.together().forEach(this::measure);
        SqlWriter sql = SqlWriter.ofConstants();
        new QueryWriter(compilation, plan(compilation, columns)).write(sql, names);
        String text = sql.statement().sql();
        String id = cube.name() + "." + rollup.name();
        List<List<String>> indexes = indexes();
        return new RollupTable(
                zone.getRules().equals(UTC.getRules()) ? id : id + "@" + zone.getId(),
                new RelationName(SCHEMA, tableName(text + indexes)),
                text,
                indexes,
                sources,
                rollup.staleness(),
                new RollupTable.Layout(rows.tree(), dimensions, times, measures, keys));
    }

    private static QueryPlan plan(Compilation compilation, List<Column> columns) {
        return QueryPlan.of(
                compilation,
                new Selection(
                        columns,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Selection.Form.GROUPED,
                        Map.of()));
    }

    /** Its members as a query would name them. */
    private List<Column> selected() {
        List<Column> selected = new ArrayList<>();
        members(rollup.dimensions()).forEach(member -> selected.add(dimension(member, null)));
        for (Rollup.Time time : rollup.times()) {
            selected.add(dimension(model.member(path(time.dimension())), time.granularity()));
        }
        for (Member member : members(rollup.segments())) {
            selected.add(new Column(segment(member), null));
        }
        for (Member member : members(rollup.measures())) {
            if (!(member instanceof Member.OfMeasure)) {
                throw QueryException.user("'%s' is no measure".formatted(member.path()));
            }
            selected.add(new Column(member, null));
        }
        if (selected.isEmpty()) {
            throw QueryException.user("it names no members");
        }
        return selected;
    }

    private static Column dimension(Member member, @Nullable String unit) {
        if (!(member instanceof Member.OfDimension found)) {
            throw QueryException.user("'%s' is no dimension".formatted(member.path()));
        }
        switch (found.dimension().expression()) {
            case Dimension.Switch _ ->
                    throw QueryException.user(
                            "'%s' is of type switch, and stands in no row".formatted(found.path()));
            case Dimension.SubQuery _ ->
                    throw QueryException.user(
                            "'%s' is a sub-query, whose changes cannot be followed"
                                    .formatted(found.path()));
            case Dimension.Sql _, Dimension.Case _, Dimension.Geo _ -> {}
        }
        if (unit != null && found.dimension().type() != Dimension.Type.TIME) {
            throw QueryException.user("'%s' is no time dimension".formatted(found.path()));
        }
        return new Column(found, unit);
    }

    /** A segment's condition as a dimension. */
    private static Member.OfDimension segment(Member member) {
        if (!(member instanceof Member.OfSegment found)) {
            throw QueryException.user("'%s' is no segment".formatted(member.path()));
        }
        return new Member.OfDimension(
                found.path(),
                found.cube(),
                found.way(),
                true,
                new Dimension(
                        found.segment().name(),
                        found.segment().condition().position(),
                        Dimension.Type.BOOLEAN,
                        new Dimension.Sql(found.segment().condition()),
                        false,
                        null,
                        null,
                        false,
                        List.of(),
                        found.segment().about()));
    }

    private List<Member> members(List<String> written) {
        return written.stream().map(this::path).map(model::member).toList();
    }

    private String path(String written) {
        return written.contains(".") ? written : cube.name() + "." + written;
    }

    private void checkRows(QueryPlan plan) {
        Stream.concat(plan.rolling().stream(), plan.staged().stream())
                .findFirst()
                .ifPresent(
                        leaf -> {
                            throw QueryException.user(
                                    "'%s' is computed over other groups than its own, and cannot be kept by group"
                                            .formatted(leaf.path()));
                        });
        Stream.concat(
                        plan.apart().values().stream().flatMap(Collection::stream),
                        plan.together().stream()
                                .filter(leaf -> plan.tree().multiplies(leaf.cube().name())))
                .findFirst()
                .ifPresent(
                        leaf -> {
                            throw QueryException.user(
                                    "'%s' would count rows several times, as the join with other cubes multiplies them"
                                            .formatted(leaf.path()));
                        });
        plan.tree()
                .cubes()
                .map(name -> model.names().cube(name).orElseThrow())
                .filter(this::dependsOnQuery)
                .findFirst()
                .ifPresent(
                        found -> {
                            throw QueryException.user(
                                    "the SQL of '%s' depends on each query's filters or caller"
                                            .formatted(found.name()));
                        });
    }

    private boolean dependsOnQuery(Cube cube) {
        return Stream.of(
                        Stream.of(cube.relation()),
                        cube.dimensions().stream().flatMap(Dimension::templates),
                        cube.segments().stream().map(segment -> segment.condition()),
                        cube.measures().stream().flatMap(Measure::templates),
                        cube.measures().stream().flatMap(measure -> measure.filters().stream()),
                        cube.joins().stream().map(join -> join.condition()))
                .flatMap(templates -> templates)
                .anyMatch(template -> dependsOnQuery(template, new HashSet<>()));
    }

    /** Also by the rows of another cube that stand in it. */
    private boolean dependsOnQuery(SqlTemplate template, Set<String> seen) {
        return template.parts().stream()
                .anyMatch(
                        part ->
                                switch (part) {
                                    case SqlTemplate.FilterGroup _, SqlTemplate.ContextFilter _ ->
                                            true;
                                    case SqlTemplate.Relation(String other) ->
                                            seen.add(other)
                                                    && dependsOnQuery(
                                                            model.names()
                                                                    .cube(other)
                                                                    .orElseThrow()
                                                                    .relation(),
                                                            seen);
                                    case SqlTemplate.Text _, SqlTemplate.Reference _ -> false;
                                });
    }

    private void dimensions(JoinTree tree) {
        for (Member member : members(rollup.dimensions())) {
            Column column = dimension(member, null);
            String name = add(column, member.alias());
            dimensions.put(memberPath(member), standing(name));
            byMember.put(member.path(), name);
            // A column of a query may be any other's value, and a joined row another tenant's.
            if (member instanceof Member.OfDimension found
                    && found.cube().table()
                    && tree.edges().isEmpty()
                    && found.dimension().expression() instanceof Dimension.Sql(SqlTemplate own)
                    && Expressions.isColumn(own)) {
                sources.put(name, own.source().replace("\"", ""));
            }
        }
    }

    private void times() {
        for (Rollup.Time time : rollup.times()) {
            Column column = dimension(model.member(path(time.dimension())), time.granularity());
            String name = add(column, column.alias());
            times.merge(
                    memberPath(column.member()),
                    new Cut(time.granularity(), zone, standing(name)),
                    RollupTimes::finer);
            byMember.put(column.member().path(), name);
        }
    }

    private void segments() {
        for (Member member : members(rollup.segments())) {
            Column column = new Column(segment(member), null);
            String name = add(column, member.alias());
            dimensions.put(memberPath(member), standing(name));
            byMember.put(member.path(), name);
        }
    }

    private void measure(Leaf leaf) {
        Measure measure = leaf.measure();
        String alias = leaf.path().replace(".", "__");
        if (measure.type() == Measure.Type.AVG) {
            String sum = add(part(leaf, Measure.Type.SUM), alias + "__sum");
            String count = add(part(leaf, Measure.Type.COUNT), alias + "__count");
            measures.put(leaf.path(), new Stored(Measure.Type.AVG, sum, count));
            return;
        }
        String name = add(part(leaf, measure.type()), alias);
        measures.put(leaf.path(), new Stored(measure.type(), name, null));
        byMember.put(leaf.path(), name);
    }

    private static Column part(Leaf leaf, Measure.Type type) {
        Measure measure = leaf.measure();
        Measure part =
                type == measure.type()
                        ? measure
                        : Measure.plain(
                                measure.name(),
                                measure.position(),
                                type,
                                measure.sql(),
                                measure.filters(),
                                measure.about());
        return new Column(
                new Member.OfMeasure(
                        leaf.path(), leaf.cube(), List.of(leaf.cube().name()), true, part),
                null);
    }

    private String add(Column column, String alias) {
        String name = Identifiers.shorten(alias);
        if (!taken.add(name)) {
            throw QueryException.user("it names '%s' twice".formatted(column.key()));
        }
        columns.add(column);
        names.add(name);
        return name;
    }

    private static String standing(String column) {
        return RelationName.quote(RollupTable.ALIAS) + "." + RelationName.quote(column);
    }

    /** The member by cube and name, by whatever view it was named. */
    static String memberPath(Member member) {
        return switch (member) {
            case Member.OfDimension d -> d.cube().name() + "." + d.dimension().name();
            case Member.OfMeasure m -> m.cube().name() + "." + m.measure().name();
            case Member.OfSegment s -> s.cube().name() + "." + s.segment().name();
        };
    }

    /** What tells rows apart, by whatever view it was named. */
    static String key(Column column) {
        String path = memberPath(column.member());
        return column.granularity() == null ? path : path + "." + column.granularity();
    }

    private List<List<String>> indexes() {
        List<List<String>> indexes = new ArrayList<>();
        for (Rollup.Index index : rollup.indexes()) {
            Set<String> found = new LinkedHashSet<>();
            for (String written : index.columns()) {
                String name = byMember.get(path(written));
                if (name == null) {
                    throw QueryException.user(
                            "its index '%s' names '%s', which it does not have"
                                    .formatted(index.name(), written));
                }
                found.add(name);
            }
            if (!found.isEmpty()) {
                indexes.add(List.copyOf(found));
            }
        }
        return indexes;
    }

    private String tableName(String definition) {
        String hash = Sha256.hex(definition).substring(0, HASH_DIGITS);
        String name = Identifiers.snakeCase(cube.name() + "_" + rollup.name());
        int room = Identifiers.MAX_BYTES - HASH_DIGITS - 1;
        String fitting = name;
        while (fitting.getBytes(StandardCharsets.UTF_8).length > room) {
            fitting = fitting.substring(0, fitting.offsetByCodePoints(fitting.length(), -1));
        }
        return fitting + "_" + hash;
    }
}
