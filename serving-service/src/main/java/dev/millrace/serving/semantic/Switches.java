package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.CubeNames.ToDimension;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.contracts.project.cube.Operator;
import dev.millrace.contracts.project.cube.SqlTemplate;
import dev.millrace.serving.semantic.Query.Condition;
import dev.millrace.serving.semantic.Query.Filter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a query chooses by dimensions of type switch: all of their values side by side, as columns
 * of the result, or one of them, by a filter.
 *
 * @param rows the other filters
 * @param choices filters on the columns
 * @param columns the dimensions that are columns, by cube and name
 * @param fixed the value that each other dimension has, by cube and name
 */
record Switches(
        List<Filter> rows,
        List<Filter> choices,
        Map<String, Member.OfDimension> columns,
        Map<String, String> fixed) {

    static Switches of(Compilation compilation, Selection selection) {
        Map<String, Member.OfDimension> columns = new LinkedHashMap<>();
        selection.keys().stream()
                .map(CompiledQuery.Column::member)
                .forEach(member -> chosen(member).ifPresent(d -> columns.put(path(d), d)));
        List<Filter> rows = new ArrayList<>();
        List<Filter> choices = new ArrayList<>();
        Map<String, String> fixed = new HashMap<>();
        for (Filter filter : selection.rows()) {
            List<Member> members =
                    QueryResolver.conditions(filter)
                            .map(Condition::member)
                            .map(compilation.sight()::member)
                            .toList();
            long switched = members.stream().filter(m -> chosen(m).isPresent()).count();
            if (switched == 0) {
                rows.add(filter);
            } else if (switched < members.size()) {
                throw QueryException.user(
                        "You cannot use dimensions of type switch and others in same condition");
            } else if (members.stream()
                    .allMatch(m -> columns.containsKey(path((Member.OfDimension) m)))) {
                choices.add(filter);
            } else {
                fix(filter, members.getFirst(), fixed);
            }
        }
        return new Switches(rows, choices, columns, fixed);
    }

    private static void fix(Filter filter, Member member, Map<String, String> fixed) {
        if (filter instanceof Condition condition
                && condition.operator() == Operator.EQUALS
                && condition.values().size() == 1
                && !condition.withNull()) {
            fixed.put(path((Member.OfDimension) member), condition.values().getFirst());
            return;
        }
        throw QueryException.user(
                "'%s' is of type switch: name it under 'dimensions', or filter it by 'equals' with one value"
                        .formatted(member.path()));
    }

    private static Optional<Member.OfDimension> chosen(Member member) {
        return member instanceof Member.OfDimension d
                        && d.dimension().expression() instanceof Dimension.Switch
                ? Optional.of(d)
                : Optional.empty();
    }

    private static String path(Member.OfDimension member) {
        return member.cube().name() + "." + member.dimension().name();
    }

    /** Where the values of a column stand. */
    String alias(int column) {
        return "\"$switch" + column + "\"";
    }

    /** The column of a dimension in SQL; null if it is none of the result. */
    @Nullable String column(Member.OfDimension dimension) {
        int at = List.copyOf(columns.keySet()).indexOf(path(dimension));
        return at < 0 ? null : alias(at) + ".value";
    }

    /** Writes the values of the columns, as further tables to combine the rest with. */
    void join(SqlWriter sql) {
        int at = 0;
        for (Member.OfDimension column : columns.values()) {
            List<String> values = ((Dimension.Switch) column.dimension().expression()).values();
            sql.text(" CROSS JOIN (VALUES ")
                    .each(values, ", ", value -> sql.text("(").literal(value).text(")"))
                    .text(") AS " + alias(at) + " (value)");
            at++;
        }
    }

    /** The calculation that a measure is, where the query chose one value; else null. */
    @Nullable SqlTemplate branch(SemanticModel model, Cube cube, Measure.Choice choice) {
        String dimension = dimension(model, cube, choice);
        if (columns.containsKey(dimension)) {
            return null;
        }
        String value = fixed.get(dimension);
        return choice.whens().stream()
                .filter(when -> when.value().equals(value))
                .map(Measure.When::sql)
                .findFirst()
                .orElseGet(
                        () -> {
                            SqlTemplate otherwise = choice.otherwise();
                            return otherwise == null
                                    ? new SqlTemplate(
                                            choice.dimension().position(),
                                            List.of(new SqlTemplate.Text("NULL")))
                                    : otherwise;
                        });
    }

    /** The column that tells which calculation a measure is. */
    String column(SemanticModel model, Cube cube, Measure.Choice choice) {
        int at = List.copyOf(columns.keySet()).indexOf(dimension(model, cube, choice));
        return alias(at) + ".value";
    }

    private static String dimension(SemanticModel model, Cube cube, Measure.Choice choice) {
        return choice.dimension()
                .references()
                .flatMap(reference -> model.names().resolve(cube, reference).stream())
                .filter(ToDimension.class::isInstance)
                .map(ToDimension.class::cast)
                .map(target -> target.cube().name() + "." + target.dimension().name())
                .findFirst()
                .orElseThrow();
    }
}
