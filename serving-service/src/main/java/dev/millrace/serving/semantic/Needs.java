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

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The cubes whose rows each member needs, its own first. */
final class Needs {

    private final CubeNames names;

    Needs(CubeNames names) {
        this.names = names;
    }

    /** The cubes that a member needs. */
    Set<String> of(Member member) {
        return switch (member) {
            case Member.OfMeasure(_, Cube cube, _, _, Measure measure) -> of(cube, measure);
            case Member.OfDimension(_, Cube cube, _, _, Dimension dimension) -> of(cube, dimension);
            case Member.OfSegment(_, Cube cube, _, _, Segment segment) ->
                    of(cube, List.of(segment.condition()));
        };
    }

    Set<String> of(Cube cube, Measure measure) {
        return of(cube, templates(measure));
    }

    Set<String> of(Cube cube, Dimension dimension) {
        return of(cube, templates(dimension));
    }

    private Set<String> of(Cube cube, List<SqlTemplate> templates) {
        Set<String> found = new LinkedHashSet<>();
        found.add(cube.name());
        templates.forEach(template -> collect(cube, template, found));
        return found;
    }

    private void collect(Cube cube, SqlTemplate template, Set<String> found) {
        template.references()
                .map(reference -> names.resolve(cube, reference).orElseThrow())
                .forEach(
                        target -> {
                            switch (target) {
                                case ToCube(Cube other) -> found.add(other.name());
                                case ToDimension(Cube other, Dimension dimension) ->
                                        found.addAll(of(other, dimension));
                                case ToMeasure(Cube other, Measure measure) ->
                                        found.addAll(of(other, measure));
                                case ToSegment(Cube other, _) -> found.add(other.name());
                            }
                        });
    }

    static List<SqlTemplate> templates(Measure measure) {
        List<SqlTemplate> templates = new ArrayList<>();
        @Nullable SqlTemplate sql = measure.sql();
        if (sql != null) {
            templates.add(sql);
        }
        templates.addAll(measure.filters());
        return templates;
    }

    private static List<SqlTemplate> templates(Dimension dimension) {
        return switch (dimension.expression()) {
            case Dimension.Sql(SqlTemplate sql) -> List.of(sql);
            case Dimension.SubQuery _ -> List.of();
            case Dimension.Geo(SqlTemplate latitude, SqlTemplate longitude) ->
                    List.of(latitude, longitude);
            case Dimension.Case(List<Dimension.When> whens, SqlTemplate otherwise) -> {
                List<SqlTemplate> templates = new ArrayList<>();
                for (Dimension.When when : whens) {
                    templates.add(when.condition());
                    templates.add(when.label());
                }
                if (otherwise != null) {
                    templates.add(otherwise);
                }
                yield templates;
            }
        };
    }
}
