package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.cube.CubeNames.Target;
import dev.millrace.contracts.project.cube.CubeNames.ToCube;
import dev.millrace.contracts.project.cube.CubeNames.ToDimension;
import dev.millrace.contracts.project.cube.CubeNames.ToMeasure;
import dev.millrace.contracts.project.cube.CubeNames.ToSegment;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Checks that every reference in the cubes leads somewhere it may lead. */
final class CubeReferences {

    private final CubeNames names;
    private final Problems problems;

    /** What the SQL at some place may refer to. */
    private enum Place {
        ROW("a measure stands for many rows, and cannot be part of SQL over one"),
        AGGREGATED("a measure inside an aggregate would be aggregated twice; make this a 'number'"),
        CALCULATION("");

        private final String whyNoMeasure;

        Place(String whyNoMeasure) {
            this.whyNoMeasure = whyNoMeasure;
        }
    }

    private CubeReferences(List<Cube> cubes, Problems problems) {
        this.names = new CubeNames(cubes);
        this.problems = problems;
    }

    static void check(List<Cube> cubes, Problems problems) {
        CubeReferences references = new CubeReferences(cubes, problems);
        cubes.forEach(references::check);
    }

    private void check(Cube cube) {
        cube.relation()
                .references()
                .forEach(
                        reference ->
                                problems.add(
                                        cube.relation().position(),
                                        reference
                                                + " cannot stand in the cube's own table or"
                                                + " query"));
        checkContext(cube.relation());
        checkRelations(cube, cube, new LinkedHashSet<>());
        for (Dimension dimension : cube.dimensions()) {
            Place place =
                    dimension.expression() instanceof Dimension.SubQuery
                            ? Place.CALCULATION
                            : Place.ROW;
            dimension.templates().forEach(sql -> check(cube, sql, place));
            Stream.ofNullable(dimension.mask()).forEach(sql -> check(cube, sql, Place.ROW));
        }
        cube.segments().forEach(segment -> check(cube, segment.condition(), Place.ROW));
        cube.measures().forEach(measure -> check(cube, measure));
        cube.joins().forEach(join -> check(cube, join));
        cube.policies().stream()
                .flatMap(policy -> AccessPolicy.members(policy.rows()))
                .distinct()
                .forEach(member -> checkOwnRows(cube, member));
        cube.dimensions()
                .forEach(d -> checkCycle(cube, d.name(), d.position(), new LinkedHashSet<>()));
        cube.measures()
                .forEach(m -> checkCycle(cube, m.name(), m.position(), new LinkedHashSet<>()));
    }

    /** Rows are filtered where the cube is read: nothing else is there yet. */
    private void checkOwnRows(Cube cube, String member) {
        Optional<Dimension> dimension = cube.dimension(member);
        if (dimension.isPresent() && !isOfOwnRows(cube, dimension.get(), new LinkedHashSet<>())) {
            problems.add(
                    dimension.get().position(),
                    "an access policy of '%s' tells rows by '%s', which needs more than the cube's own rows"
                                    .formatted(cube.name(), member)
                            + "; put the policy on a view, or the column into the cube");
        }
    }

    private boolean isOfOwnRows(Cube cube, Dimension dimension, Set<String> path) {
        boolean plain =
                dimension.expression() instanceof Dimension.Sql
                        || dimension.expression() instanceof Dimension.Case;
        return plain
                && path.add(dimension.name())
                && dimension
                        .templates()
                        .flatMap(SqlTemplate::references)
                        .flatMap(reference -> names.resolve(cube, reference).stream())
                        .allMatch(
                                target ->
                                        switch (target) {
                                            case ToCube(Cube other) ->
                                                    other.name().equals(cube.name());
                                            case ToDimension(Cube other, Dimension d) ->
                                                    other.name().equals(cube.name())
                                                            && isOfOwnRows(
                                                                    cube,
                                                                    d,
                                                                    new LinkedHashSet<>(path));
                                            case ToMeasure _, ToSegment _ -> false;
                                        });
    }

    private boolean isSwitch(Cube cube, SqlTemplate template) {
        return template.parts().size() == 1
                && template.references()
                        .flatMap(reference -> names.resolve(cube, reference).stream())
                        .anyMatch(
                                target ->
                                        target instanceof ToDimension(Cube _, Dimension dimension)
                                                && dimension.expression()
                                                        instanceof Dimension.Switch);
    }

    /** Cubes whose SQL stands in that of another must not come back to it. */
    private void checkRelations(Cube start, Cube cube, Set<String> path) {
        if (!path.add(cube.name())) {
            if (cube.name().equals(start.name())) {
                problems.add(
                        start.relation().position(),
                        "the cube's SQL needs itself: " + String.join(" -> ", path));
            }
            return;
        }
        for (SqlTemplate.Part part : cube.relation().parts()) {
            if (part instanceof SqlTemplate.Relation(String other)) {
                names.cube(other).ifPresent(next -> checkRelations(start, next, path));
            }
        }
        path.remove(cube.name());
    }

    private void checkContext(SqlTemplate sql) {
        for (SqlTemplate.Part part : sql.parts()) {
            switch (part) {
                case SqlTemplate.Relation(String cube) when names.cube(cube).isEmpty() ->
                        problems.add(
                                sql.position(),
                                "there is no cube '%s'%s"
                                        .formatted(cube, NearestName.hint(cube, names.known())));
                case SqlTemplate.FilterGroup(List<SqlTemplate.FilterParameter> members) ->
                        members.forEach(member -> checkFiltered(sql, member));
                case SqlTemplate.Relation _,
                        SqlTemplate.ContextFilter _,
                        SqlTemplate.Reference _,
                        SqlTemplate.Text _ -> {}
            }
        }
    }

    private void checkFiltered(SqlTemplate sql, SqlTemplate.FilterParameter parameter) {
        Optional<Cube> cube = names.cube(parameter.cube());
        if (cube.flatMap(c -> c.dimension(parameter.member())).isEmpty()) {
            problems.add(
                    sql.position(),
                    "there is no dimension '%s.%s' to take filters of"
                            .formatted(parameter.cube(), parameter.member()));
        }
    }

    private void checkStage(Cube cube, Measure measure) {
        MultiStage stage = measure.stage();
        if (stage == null) {
            return;
        }
        Stream.of(
                        Stream.ofNullable(stage.groupBy()).flatMap(List::stream),
                        stage.reduceBy().stream(),
                        stage.addGroupBy().stream(),
                        stage.shifts().stream()
                                .map(MultiStage.TimeShift::dimension)
                                .filter(Objects::nonNull))
                .flatMap(paths -> paths)
                .forEach(path -> checkStageMember(measure, path));
        boolean fewer = stage.groupBy() != null || !stage.reduceBy().isEmpty();
        if (measure.type() == Measure.Type.RANK && !stage.addGroupBy().isEmpty()) {
            problems.add(measure.position(), "a rank has no 'add_group_by'");
        }
        if (fewer && measure.type().isCalculated() && measure.type() != Measure.Type.RANK) {
            problems.add(
                    measure.position(),
                    "'group_by' and 'reduce_by' are for types that aggregate, such as sum, and for"
                            + " ranks; this one is calculated row by row");
        }
        boolean overMeasures =
                measure.templates()
                        .flatMap(SqlTemplate::references)
                        .flatMap(reference -> names.resolve(cube, reference).stream())
                        .anyMatch(ToMeasure.class::isInstance);
        if (!overMeasures) {
            problems.add(
                    measure.position(),
                    "a measure with 'multi_stage' is computed from other measures, as in sql:"
                            + " \"{revenue}\"");
        }
    }

    private void checkStageMember(Measure measure, String path) {
        String[] parts = path.split("\\.", -1);
        boolean found =
                parts.length >= 2
                        && parts.length <= 3
                        && names.cube(parts[0])
                                .flatMap(c -> c.dimension(parts[1]))
                                .filter(d -> parts.length == 2 || d.type() == Dimension.Type.TIME)
                                .isPresent();
        if (!found) {
            problems.add(measure.position(), "there is no dimension '" + path + "'");
        }
    }

    private void check(Cube cube, Measure measure) {
        checkStage(cube, measure);
        boolean calculated = measure.type().isCalculated() || measure.isStaged();
        Measure.Choice choice = measure.choice();
        measure.templates()
                .filter(sql -> choice == null || !sql.equals(choice.dimension()))
                .forEach(
                        sql -> check(cube, sql, calculated ? Place.CALCULATION : Place.AGGREGATED));
        if (choice != null && !isSwitch(cube, choice.dimension())) {
            problems.add(
                    choice.dimension().position(),
                    "'switch' names a dimension of type switch, as in \"{currency}\"");
        }
        Stream.ofNullable(measure.mask()).forEach(sql -> check(cube, sql, Place.ROW));
        measure.filters().forEach(filter -> check(cube, filter, Place.ROW));
        for (String drill : measure.drillMembers()) {
            String[] path = drill.split("\\.", -1);
            boolean found =
                    path.length == 2
                            && names.cube(path[0]).filter(c -> c.hasMember(path[1])).isPresent();
            if (!found) {
                problems.add(measure.position(), "there is no drill member '" + drill + "'");
            }
        }
    }

    private void check(Cube cube, Join join) {
        Optional<Cube> target = names.cube(join.target());
        if (target.isEmpty()) {
            problems.add(
                    join.position(),
                    "there is no cube '%s' to join%s"
                            .formatted(
                                    join.target(), NearestName.hint(join.target(), names.known())));
            return;
        }
        check(cube, join.condition(), Place.ROW);
        for (Cube side : List.of(cube, target.get())) {
            if (side.primaryKey().isEmpty() && !side.measures().isEmpty()) {
                problems.add(
                        side.position(),
                        "primary key for '%s' is required when join is defined in order to make"
                                        .formatted(side.name())
                                + " aggregates work properly; mark a dimension with 'primary_key:"
                                + " true'");
            }
        }
    }

    private void check(Cube cube, SqlTemplate sql, Place place) {
        checkContext(sql);
        sql.references().forEach(reference -> check(cube, sql, reference, place));
    }

    private void check(Cube cube, SqlTemplate sql, SqlTemplate.Reference reference, Place place) {
        Optional<Target> found = names.resolve(cube, reference);
        if (found.isEmpty()) {
            problems.add(sql.position(), reference + " leads nowhere" + explain(cube, reference));
            return;
        }
        switch (found.get()) {
            case ToMeasure _ when place != Place.CALCULATION ->
                    problems.add(sql.position(), reference + ": " + place.whyNoMeasure);
            case ToSegment _ ->
                    problems.add(
                            sql.position(),
                            reference + " is a segment; repeat its condition instead");
            case ToDimension(Cube _, Dimension dimension)
                    when dimension.expression() instanceof Dimension.Geo ->
                    problems.add(sql.position(), reference + " is a place, which no SQL can use");
            case ToDimension(Cube _, Dimension dimension)
                    when dimension.expression() instanceof Dimension.Switch ->
                    problems.add(
                            sql.position(),
                            reference
                                    + " is chosen by a query and stands in no row; measures use it"
                                    + " by 'case'");
            case ToDimension _, ToMeasure _, ToCube _ -> {}
        }
    }

    private String explain(Cube cube, SqlTemplate.Reference reference) {
        List<String> path = reference.path();
        if (path.size() > 2) {
            return "; a path names cubes, each of which joins the next, and a member";
        }
        if (path.size() == 2) {
            Optional<Cube> other =
                    path.getFirst().equals("CUBE")
                            ? Optional.of(cube)
                            : names.cube(path.getFirst());
            return other.map(o -> memberHint(o, path.get(1)))
                    .orElse(NearestName.hint(path.getFirst(), names.known()));
        }
        Collection<String> candidates = new ArrayList<>(members(cube).toList());
        candidates.addAll(names.known());
        return NearestName.hint(path.getFirst(), candidates);
    }

    private static String memberHint(Cube cube, String member) {
        return ": the cube '%s' has no member '%s'%s"
                .formatted(cube.name(), member, NearestName.hint(member, members(cube).toList()));
    }

    private static Stream<String> members(Cube cube) {
        return Stream.concat(
                cube.dimensions().stream().map(Dimension::name),
                cube.measures().stream().map(Measure::name));
    }

    private void checkCycle(Cube cube, String member, Position start, Set<String> path) {
        String here = cube.name() + "." + member;
        if (!path.add(here)) {
            if (here.equals(path.iterator().next())) {
                problems.add(start, "the member needs itself: " + String.join(" -> ", path));
            }
            return;
        }
        for (SqlTemplate sql : templates(cube, member)) {
            sql.references()
                    .flatMap(reference -> names.resolve(cube, reference).stream())
                    .forEach(
                            target -> {
                                switch (target) {
                                    case ToDimension(Cube c, Dimension d) ->
                                            checkCycle(c, d.name(), start, path);
                                    case ToMeasure(Cube c, Measure m) ->
                                            checkCycle(c, m.name(), start, path);
                                    case ToCube _, ToSegment _ -> {}
                                }
                            });
        }
        path.remove(here);
    }

    private static List<SqlTemplate> templates(Cube cube, String member) {
        List<SqlTemplate> templates = new ArrayList<>();
        cube.dimension(member).ifPresent(d -> d.templates().forEach(templates::add));
        cube.measure(member)
                .ifPresent(
                        m -> {
                            m.templates().forEach(templates::add);
                            templates.addAll(m.filters());
                        });
        return templates;
    }
}
