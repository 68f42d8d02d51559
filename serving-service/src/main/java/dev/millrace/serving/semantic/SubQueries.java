package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.CubeNames.ToMeasure;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.Needs.SubQuery;
import dev.millrace.serving.semantic.Query.Condition;
import dev.millrace.serving.semantic.Query.Filter;
import dev.millrace.serving.semantic.Selection.Form;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes the query that a dimension of type sub_query stands for: its value, by the cube's key. */
final class SubQueries {

    private SubQueries() {}

    /**
     * @param outer what the dimension is used in
     */
    static void write(SqlWriter sql, Compilation compilation, Selection outer, SubQuery subQuery) {
        Cube cube = subQuery.cube();
        Dimension.SubQuery query = (Dimension.SubQuery) subQuery.dimension().expression();
        if (cube.primaryKey().isEmpty()) {
            throw QueryException.user(
                    "'%s.%s' is a sub-query for each row, and the cube has no primary key to tell rows by"
                            .formatted(cube.name(), subQuery.dimension().name()));
        }
        List<Column> columns = new ArrayList<>();
        for (Dimension key : cube.primaryKey()) {
            columns.add(
                    new Column(
                            new Member.OfDimension(
                                    cube.name() + "." + key.name(),
                                    cube,
                                    List.of(cube.name()),
                                    true,
                                    key),
                            null));
        }
        columns.add(new Column(value(compilation, subQuery, query), null));
        boolean filtered = query.filtered();
        Selection inner =
                new Selection(
                        columns,
                        filtered ? withoutSubQueries(compilation, outer.rows()) : List.of(),
                        List.of(),
                        filtered ? outer.segments() : List.of(),
                        filtered ? outer.ranges() : List.of(),
                        List.of(),
                        Form.GROUPED,
                        filtered ? outer.shifts() : Map.of());
        new QueryWriter(compilation, QueryPlan.of(compilation, inner)).writeShort(sql);
    }

    private static Member.OfMeasure value(
            Compilation compilation, SubQuery subQuery, Dimension.SubQuery query) {
        Cube cube = subQuery.cube();
        Dimension dimension = subQuery.dimension();
        // The rows that are counted come first: one of the cube that has none gets no value.
        Cube measured =
                query.template()
                        .references()
                        .flatMap(r -> compilation.model().names().resolve(cube, r).stream())
                        .filter(ToMeasure.class::isInstance)
                        .map(target -> ((ToMeasure) target).cube())
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        QueryException.user(
                                                "Subquery dimension %s.%s should reference at least one measure"
                                                        .formatted(cube.name(), dimension.name())));
        return new Member.OfMeasure(
                cube.name() + "." + dimension.name(),
                cube,
                List.of(measured.name()),
                true,
                Measure.plain(
                        dimension.name(),
                        dimension.position(),
                        Measure.Type.NUMBER,
                        query.template(),
                        List.of(),
                        dimension.about()));
    }

    private static List<Filter> withoutSubQueries(Compilation compilation, List<Filter> filters) {
        return filters.stream()
                .filter(
                        filter ->
                                QueryResolver.conditions(filter)
                                        .map(Condition::member)
                                        .map(compilation.sight()::member)
                                        .allMatch(
                                                member ->
                                                        compilation
                                                                .model()
                                                                .needs()
                                                                .of(member)
                                                                .subQueries()
                                                                .isEmpty()))
                .toList();
    }
}
