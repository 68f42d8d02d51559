package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.CubeNames.ToMeasure;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.contracts.project.cube.SqlTemplate;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Writes measures: aggregates over rows, and calculations over aggregates. */
final class Aggregates {

    private static final Pattern AGGREGATE_CALL =
            Pattern.compile(
                    "(?i)\\b(count|sum|avg|min|max|every|(bool|bit)_\\w+|\\w+_agg|stddev\\w*|var\\w*"
                        + "|corr|covar_\\w+|regr_\\w+|percentile_\\w+|mode|any_value|\\w*rank"
                        + "|row_number)\\s*\\(|\\bover\\s*[(\\w]");

    private final SemanticModel model;
    private final Expressions expressions;

    /** An aggregate that is computed from rows. */
    record Leaf(Cube cube, Measure measure) {

        String path() {
            return cube.name() + "." + measure.name();
        }
    }

    Aggregates(SemanticModel model, Expressions expressions) {
        this.model = model;
        this.expressions = expressions;
    }

    /** The aggregates that a measure comes from, by path; itself if it is one. */
    Map<String, Leaf> leaves(Cube cube, Measure measure) {
        Map<String, Leaf> leaves = new LinkedHashMap<>();
        collect(cube, measure, leaves);
        return leaves;
    }

    private void collect(Cube cube, Measure measure, Map<String, Leaf> leaves) {
        if (measure.rolling()) {
            throw QueryException.notOffered(
                    "The rolling window of '%s.%s'".formatted(cube.name(), measure.name()));
        }
        List<ToMeasure> parts = parts(cube, measure);
        if (parts.isEmpty()) {
            leaves.put(cube.name() + "." + measure.name(), new Leaf(cube, measure));
        }
        parts.forEach(part -> collect(part.cube(), part.measure(), leaves));
    }

    private List<ToMeasure> parts(Cube cube, Measure measure) {
        SqlTemplate sql = measure.sql();
        if (sql == null || !measure.type().isCalculated()) {
            return List.of();
        }
        return sql.references()
                .flatMap(reference -> model.names().resolve(cube, reference).stream())
                .filter(ToMeasure.class::isInstance)
                .map(ToMeasure.class::cast)
                .toList();
    }

    /** Whether an aggregate comes out the same when rows of its cube stand several times. */
    static boolean bearsCopies(Leaf leaf) {
        return switch (leaf.measure().type()) {
            case COUNT -> leaf.measure().sql() == null && !leaf.cube().primaryKey().isEmpty();
            case COUNT_DISTINCT, COUNT_DISTINCT_APPROX, MIN, MAX -> true;
            case SUM, AVG, NUMBER, STRING, TIME, BOOLEAN -> false;
        };
    }

    /** A measure over rows; a count counts rows of its cube once even if they stand repeatedly. */
    void write(SqlWriter sql, Cube cube, Measure measure, JoinTree tree) {
        switch (measure.type()) {
            case COUNT -> count(sql, cube, measure, tree.multiplies(cube.name()));
            case COUNT_DISTINCT, COUNT_DISTINCT_APPROX ->
                    call(sql, "count(distinct ", cube, measure);
            case SUM -> call(sql, "sum(", cube, measure);
            case AVG -> call(sql, "avg(", cube, measure);
            case MIN -> call(sql, "min(", cube, measure);
            case MAX -> call(sql, "max(", cube, measure);
            case NUMBER, STRING, TIME, BOOLEAN ->
                    expressions.template(
                            sql, cube, sql(measure), (s, c, m) -> write(s, c, m, tree));
        }
    }

    private void call(SqlWriter sql, String function, Cube cube, Measure measure) {
        sql.text(function);
        filtered(sql, cube, measure, () -> expressions.row(sql, cube, sql(measure)));
        sql.text(")");
    }

    private void filtered(SqlWriter sql, Cube cube, Measure measure, Runnable value) {
        if (measure.filters().isEmpty()) {
            value.run();
            return;
        }
        sql.text("CASE WHEN ");
        expressions.conditions(sql, cube, measure.filters());
        sql.text(" THEN ");
        value.run();
        sql.text(" END");
    }

    private void count(SqlWriter sql, Cube cube, Measure measure, boolean multiplied) {
        List<Dimension> key = cube.primaryKey();
        if (measure.sql() != null) {
            call(sql, "count(", cube, measure);
        } else if (key.isEmpty()) {
            if (measure.filters().isEmpty()) {
                sql.text("count(*)");
            } else {
                sql.text("count(");
                filtered(sql, cube, measure, () -> sql.text("1"));
                sql.text(")");
            }
        } else if (multiplied && key.size() > 1) {
            countDistinctKeys(sql, cube, measure, key);
        } else {
            sql.text(multiplied ? "count(distinct " : "count(");
            filtered(sql, cube, measure, () -> expressions.dimension(sql, cube, key.getFirst()));
            sql.text(")");
        }
    }

    /** Rows that an outer join left empty have a key of nulls, which is not to be counted. */
    private void countDistinctKeys(SqlWriter sql, Cube cube, Measure measure, List<Dimension> key) {
        sql.text("count(distinct CASE WHEN (");
        expressions.dimension(sql, cube, key.getFirst());
        sql.text(") IS NOT NULL");
        if (!measure.filters().isEmpty()) {
            sql.text(" AND ");
            expressions.conditions(sql, cube, measure.filters());
        }
        sql.text(" THEN ROW(")
                .each(key, ", ", part -> expressions.dimension(sql, cube, part))
                .text(") END)");
    }

    /** What a measure is for one row alone, as an ungrouped query shows it. */
    void ungrouped(SqlWriter sql, Cube cube, Measure measure) {
        switch (measure.type()) {
            case COUNT, COUNT_DISTINCT, COUNT_DISTINCT_APPROX -> {
                sql.text("CASE WHEN (");
                filtered(sql, cube, measure, () -> counted(sql, cube, measure));
                sql.text(") IS NOT NULL THEN 1 END");
            }
            case SUM, AVG, MIN, MAX ->
                    filtered(sql, cube, measure, () -> expressions.row(sql, cube, sql(measure)));
            case NUMBER, STRING, TIME, BOOLEAN ->
                    expressions.template(sql, cube, sql(measure), this::ungrouped);
        }
    }

    private void counted(SqlWriter sql, Cube cube, Measure measure) {
        @Nullable SqlTemplate counted = measure.sql();
        if (counted != null) {
            expressions.row(sql, cube, counted);
        } else if (cube.primaryKey().isEmpty()) {
            sql.text("1");
        } else {
            expressions.dimension(sql, cube, cube.primaryKey().getFirst());
        }
    }

    /**
     * A calculation over aggregates that were computed apart from each other.
     *
     * @param columns where each aggregate stands, by path
     */
    void over(SqlWriter sql, Cube cube, Measure measure, Map<String, String> columns) {
        String column = columns.get(cube.name() + "." + measure.name());
        if (column != null) {
            sql.text(column);
            return;
        }
        SqlTemplate template = sql(measure);
        boolean fromRows =
                template.parts().stream()
                        .anyMatch(
                                part ->
                                        switch (part) {
                                            case SqlTemplate.Text(String text) ->
                                                    AGGREGATE_CALL.matcher(text).find();
                                            case SqlTemplate.Reference reference ->
                                                    !(model.names()
                                                                    .resolve(cube, reference)
                                                                    .orElseThrow()
                                                            instanceof ToMeasure);
                                        });
        if (fromRows) {
            throw QueryException.user(
                    "'%s.%s' mixes measures with SQL over rows, and rows are multiplied by the join"
                                    .formatted(cube.name(), measure.name())
                            + " of this query; make the SQL a measure of its own");
        }
        expressions.template(sql, cube, template, (s, c, m) -> over(s, c, m, columns));
    }

    private static SqlTemplate sql(Measure measure) {
        SqlTemplate sql = measure.sql();
        if (sql == null) {
            throw new IllegalStateException("no SQL in " + measure.name());
        }
        return sql;
    }
}
