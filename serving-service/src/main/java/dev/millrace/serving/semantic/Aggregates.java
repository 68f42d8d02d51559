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
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Writes measures: aggregates over rows, and calculations over aggregates. */
final class Aggregates {

    private static final Pattern AGGREGATE_CALL =
            Pattern.compile(
                    "(?i)\\b(count|sum|avg|min|max|every|(bool|bit)_\\w+|\\w+_agg|stddev\\w*|var\\w*"
                        + "|corr|covar_\\w+|regr_\\w+|percentile_\\w+|mode|any_value|\\w*rank"
                        + "|row_number)\\s*\\(|\\bover\\s*[(\\w]");

    private final SemanticModel model;
    private final Switches switches;
    private final @Nullable Expressions expressions;
    private final RollupTable.@Nullable Rows rollup;

    /**
     * An aggregate that is computed from rows, or a measure that is computed in a stage of its own.
     */
    record Leaf(Cube cube, Measure measure) {

        String path() {
            return cube.name() + "." + measure.name();
        }
    }

    /** For the planner, which writes nothing. */
    Aggregates(SemanticModel model, Switches switches) {
        this.model = model;
        this.switches = switches;
        this.expressions = null;
        this.rollup = null;
    }

    /**
     * @param rollup which the rows are those of; null if they are the cubes' own
     */
    Aggregates(
            SemanticModel model,
            Switches switches,
            Expressions expressions,
            RollupTable.@Nullable Rows rollup) {
        this.model = model;
        this.switches = switches;
        this.expressions = expressions;
        this.rollup = rollup;
    }

    /** The aggregates that a measure comes from, by path; itself if it is one. */
    Map<String, Leaf> leaves(Cube cube, Measure measure) {
        Map<String, Leaf> leaves = new LinkedHashMap<>();
        collect(cube, measure, leaves);
        return leaves;
    }

    private void collect(Cube cube, Measure measure, Map<String, Leaf> leaves) {
        List<ToMeasure> parts = parts(cube, measure);
        if (parts.isEmpty() && !isConstant(cube, measure)) {
            leaves.put(cube.name() + "." + measure.name(), new Leaf(cube, measure));
        }
        parts.forEach(part -> collect(part.cube(), part.measure(), leaves));
    }

    /** The measures that a calculation refers to; none if it is an aggregate. */
    private List<ToMeasure> parts(Cube cube, Measure measure) {
        return measure.isStaged() || !measure.type().isCalculated()
                ? List.of()
                : calculations(cube, measure)
                        .flatMap(SqlTemplate::references)
                        .flatMap(reference -> model.names().resolve(cube, reference).stream())
                        .filter(ToMeasure.class::isInstance)
                        .map(ToMeasure.class::cast)
                        .toList();
    }

    private Stream<SqlTemplate> calculations(Cube cube, Measure measure) {
        Measure.Choice choice = measure.choice();
        if (choice == null) {
            return Stream.ofNullable(measure.sql());
        }
        SqlTemplate branch = switches.branch(model, cube, choice);
        return branch == null
                ? Stream.concat(
                        choice.whens().stream().map(Measure.When::sql),
                        Stream.ofNullable(choice.otherwise()))
                : Stream.of(branch);
    }

    /** Whether a calculation needs no rows, as a mask. */
    private boolean isConstant(Cube cube, Measure measure) {
        return measure.type().isCalculated()
                && !measure.isStaged()
                && calculations(cube, measure).noneMatch(sql -> isOverRows(cube, sql));
    }

    private boolean isOverRows(Cube cube, SqlTemplate template) {
        return Expressions.isColumn(template)
                || template.parts().stream()
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
                                            case SqlTemplate.FilterGroup _,
                                                    SqlTemplate.ContextFilter _,
                                                    SqlTemplate.Relation _ ->
                                                    true;
                                        });
    }

    /** Whether a calculation has SQL over rows beside the measures that it refers to. */
    boolean mixesRows(Cube cube, Measure measure) {
        List<ToMeasure> parts = parts(cube, measure);
        return !parts.isEmpty()
                && (calculations(cube, measure).anyMatch(sql -> isOverRows(cube, sql))
                        || parts.stream().anyMatch(part -> mixesRows(part.cube(), part.measure())));
    }

    /** Whether an aggregate comes out the same when rows of its cube stand several times. */
    static boolean bearsCopies(Leaf leaf) {
        return switch (leaf.measure().type()) {
            case COUNT -> leaf.measure().sql() == null && !leaf.cube().primaryKey().isEmpty();
            case COUNT_DISTINCT, COUNT_DISTINCT_APPROX, MIN, MAX -> true;
            case SUM, AVG, NUMBER, STRING, TIME, BOOLEAN, RANK -> false;
        };
    }

    /** A measure over rows; a count counts rows of its cube once even if they stand repeatedly. */
    void write(SqlWriter sql, Cube cube, Measure measure, JoinTree tree) {
        RollupTable.Stored stored =
                rollup == null
                        ? null
                        : rollup.table().layout().measure(cube.name() + "." + measure.name());
        if (rollup != null && stored != null) {
            stored.write(sql, rollup.integers());
            return;
        }
        switch (measure.type()) {
            case COUNT -> count(sql, cube, measure, tree.multiplies(cube.name()));
            case COUNT_DISTINCT, COUNT_DISTINCT_APPROX ->
                    call(sql, "count(distinct ", cube, measure);
            case SUM -> call(sql, "sum(", cube, measure);
            case AVG -> call(sql, "avg(", cube, measure);
            case MIN -> call(sql, "min(", cube, measure);
            case MAX -> call(sql, "max(", cube, measure);
            case NUMBER, STRING, TIME, BOOLEAN ->
                    calculation(sql, cube, measure, (s, c, m) -> write(s, c, m, tree));
            case RANK -> throw new IllegalStateException("not in its stage: " + measure.name());
        }
    }

    private void call(SqlWriter sql, String function, Cube cube, Measure measure) {
        sql.text(function);
        filtered(sql, cube, measure, () -> writing().row(sql, cube, sql(measure)));
        sql.text(")");
    }

    private void filtered(SqlWriter sql, Cube cube, Measure measure, Runnable value) {
        if (measure.filters().isEmpty()) {
            value.run();
            return;
        }
        sql.text("CASE WHEN ");
        writing().conditions(sql, cube, measure.filters());
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
            filtered(sql, cube, measure, () -> writing().dimension(sql, cube, key.getFirst()));
            sql.text(")");
        }
    }

    /** Rows that an outer join left empty have a key of nulls, which is not to be counted. */
    private void countDistinctKeys(SqlWriter sql, Cube cube, Measure measure, List<Dimension> key) {
        sql.text("count(distinct CASE WHEN (");
        writing().dimension(sql, cube, key.getFirst());
        sql.text(") IS NOT NULL");
        if (!measure.filters().isEmpty()) {
            sql.text(" AND ");
            writing().conditions(sql, cube, measure.filters());
        }
        sql.text(" THEN ROW(")
                .each(key, ", ", part -> writing().dimension(sql, cube, part))
                .text(") END)");
    }

    /** What a measure is for one row alone, as an ungrouped query shows it. */
    void ungrouped(SqlWriter sql, Cube cube, Measure measure) {
        if (measure.isStaged()) {
            throw notForRows(cube, measure);
        }
        switch (measure.type()) {
            case COUNT, COUNT_DISTINCT, COUNT_DISTINCT_APPROX -> {
                sql.text("CASE WHEN (");
                filtered(sql, cube, measure, () -> counted(sql, cube, measure));
                sql.text(") IS NOT NULL THEN 1 END");
            }
            case SUM, AVG, MIN, MAX ->
                    filtered(sql, cube, measure, () -> writing().row(sql, cube, sql(measure)));
            case NUMBER, STRING, TIME, BOOLEAN -> calculation(sql, cube, measure, this::ungrouped);
            case RANK -> throw notForRows(cube, measure);
        }
    }

    private static QueryException notForRows(Cube cube, Measure measure) {
        return QueryException.user(
                "'%s.%s' is computed over groups, and an ungrouped query has none"
                        .formatted(cube.name(), measure.name()));
    }

    /** The value of a row that an aggregate is taken over. */
    void value(SqlWriter sql, Cube cube, Measure measure) {
        filtered(sql, cube, measure, () -> counted(sql, cube, measure));
    }

    /** A calculation: its SQL, or the branch that the query chose, or all of them by a column. */
    private void calculation(
            SqlWriter sql, Cube cube, Measure measure, Expressions.MeasureWriter measures) {
        Measure.Choice choice = measure.choice();
        if (choice == null) {
            writing().template(sql, cube, sql(measure), measures);
            return;
        }
        SqlTemplate branch = switches.branch(model, cube, choice);
        if (branch != null) {
            writing().template(sql, cube, branch, measures);
            return;
        }
        sql.text("CASE " + switches.column(model, cube, choice));
        for (Measure.When when : choice.whens()) {
            sql.text(" WHEN ").literal(when.value()).text(" THEN ");
            writing().template(sql, cube, when.sql(), measures);
        }
        SqlTemplate otherwise = choice.otherwise();
        if (otherwise != null) {
            sql.text(" ELSE ");
            writing().template(sql, cube, otherwise, measures);
        }
        sql.text(" END");
    }

    private Expressions writing() {
        return Objects.requireNonNull(expressions);
    }

    private void counted(SqlWriter sql, Cube cube, Measure measure) {
        @Nullable SqlTemplate counted = measure.sql();
        if (counted != null) {
            writing().row(sql, cube, counted);
        } else if (cube.primaryKey().isEmpty()) {
            sql.text("1");
        } else {
            writing().dimension(sql, cube, cube.primaryKey().getFirst());
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
        boolean fromRows = calculations(cube, measure).anyMatch(t -> isOverRows(cube, t));
        if (fromRows) {
            throw QueryException.user(
                    "'%s.%s' mixes measures with SQL over rows, and rows are multiplied by the join"
                                    .formatted(cube.name(), measure.name())
                            + " of this query; make the SQL a measure of its own");
        }
        calculation(sql, cube, measure, (s, c, m) -> over(s, c, m, columns));
    }

    private static SqlTemplate sql(Measure measure) {
        SqlTemplate sql = measure.sql();
        if (sql == null) {
            throw new IllegalStateException("no SQL in " + measure.name());
        }
        return sql;
    }
}
