package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.CubeNames;
import dev.millrace.contracts.project.cube.CubeNames.ToCube;
import dev.millrace.contracts.project.cube.CubeNames.ToDimension;
import dev.millrace.contracts.project.cube.CubeNames.ToMeasure;
import dev.millrace.contracts.project.cube.CubeNames.ToSegment;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.contracts.project.cube.Segment;
import dev.millrace.contracts.project.cube.SqlTemplate;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;

/** What each member needs: cubes whose rows it is made of, and sub-queries of its rows. */
final class Needs {

    private final CubeNames names;

    /** A dimension whose value is a query of its own for each row of its cube. */
    record SubQuery(Cube cube, Dimension dimension) {

        /** What its rows are called in SQL. */
        String alias() {
            return "$" + cube.name() + "." + dimension.name();
        }
    }

    /**
     * What members need.
     *
     * @param cubes by name, each member's own first
     */
    record Found(Set<String> cubes, Set<SubQuery> subQueries) {}

    Needs(CubeNames names) {
        this.names = names;
    }

    /** The cubes that a member needs, and its sub-queries. */
    Found of(Member member) {
        Found found = new Found(new LinkedHashSet<>(), new LinkedHashSet<>());
        switch (member) {
            case Member.OfMeasure(_, Cube cube, _, _, Measure measure) ->
                    measure(cube, measure, found);
            case Member.OfDimension(_, Cube cube, _, _, Dimension dimension) ->
                    dimension(cube, dimension, found);
            case Member.OfSegment(_, Cube cube, _, _, Segment segment) ->
                    templates(cube, Stream.of(segment.condition()), found);
        }
        return found;
    }

    Found of(Cube cube, Measure measure) {
        Found found = new Found(new LinkedHashSet<>(), new LinkedHashSet<>());
        measure(cube, measure, found);
        return found;
    }

    private void measure(Cube cube, Measure measure, Found found) {
        // What is computed in a stage of its own is joined there.
        templates(
                cube,
                measure.isStaged()
                        ? Stream.empty()
                        : Stream.concat(measure.templates(), measure.filters().stream()),
                found);
    }

    private void dimension(Cube cube, Dimension dimension, Found found) {
        if (dimension.expression() instanceof Dimension.SubQuery) {
            found.cubes().add(cube.name());
            found.subQueries().add(new SubQuery(cube, dimension));
        } else {
            templates(cube, dimension.templates(), found);
        }
    }

    private void templates(Cube cube, Stream<SqlTemplate> templates, Found found) {
        found.cubes().add(cube.name());
        templates.forEach(template -> collect(cube, template, found));
    }

    private void collect(Cube cube, SqlTemplate template, Found found) {
        template.references()
                .map(reference -> names.resolve(cube, reference).orElseThrow())
                .forEach(
                        target -> {
                            switch (target) {
                                case ToCube(Cube other) -> found.cubes().add(other.name());
                                case ToDimension(Cube other, Dimension dimension) ->
                                        dimension(other, dimension, found);
                                case ToMeasure(Cube other, Measure measure) ->
                                        measure(other, measure, found);
                                case ToSegment(Cube other, _) -> found.cubes().add(other.name());
                            }
                        });
    }
}
