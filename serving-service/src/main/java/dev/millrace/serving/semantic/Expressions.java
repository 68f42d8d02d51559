package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.CubeNames;
import dev.millrace.contracts.project.cube.CubeNames.Target;
import dev.millrace.contracts.project.cube.CubeNames.ToCube;
import dev.millrace.contracts.project.cube.CubeNames.ToDimension;
import dev.millrace.contracts.project.cube.CubeNames.ToMeasure;
import dev.millrace.contracts.project.cube.CubeNames.ToSegment;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.contracts.project.cube.Segment;
import dev.millrace.contracts.project.cube.SqlTemplate;
import dev.millrace.serving.semantic.Query.Filter;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Writes what members mean as SQL over the joined cubes. */
final class Expressions {

    private static final MeasureWriter MEASURES_REFUSED =
            (_, _, measure) -> {
                throw new IllegalStateException("a measure in a row: " + measure.name());
            };
    private static final Pattern COLUMN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*|\"[^\"]+\"");

    private final Compilation compilation;
    private final CubeNames names;
    private final Selection selection;
    private final @Nullable RollupTable rollup;

    /** Writes a measure that an expression refers to. */
    @FunctionalInterface
    interface MeasureWriter {
        void write(SqlWriter sql, Cube cube, Measure measure);
    }

    Expressions(Compilation compilation, QueryPlan plan) {
        this.compilation = compilation;
        this.names = compilation.model().names();
        this.selection = plan.selection();
        this.rollup = plan.rollup() == null ? null : plan.rollup().table();
    }

    /** The rows of a cube that its viewer may see, under the cube's name. */
    void relation(SqlWriter sql, Cube cube) {
        Optional<Filter> rule = compilation.sight().rule(cube);
        if (rule.isEmpty()) {
            allRows(sql, cube);
            sql.text(" AS ").quoted(cube.name());
            return;
        }
        sql.text("(SELECT * FROM ");
        allRows(sql, cube);
        sql.text(" AS ").quoted(cube.name()).text(" WHERE ");
        new Conditions(
                        compilation.model()::member,
                        sql,
                        compilation.timezone(),
                        member -> operand(sql, member))
                .write(rule.get());
        sql.text(") AS ").quoted(cube.name());
    }

    private void allRows(SqlWriter sql, Cube cube) {
        sql.text(cube.table() ? "" : "(");
        parts(sql, cube, cube.relation(), MEASURES_REFUSED);
        sql.text(cube.table() ? "" : ")");
    }

    /** A dimension that keeps together beside an operator, moved in time if the selection is. */
    void operand(SqlWriter sql, Member member) {
        if (!(member instanceof Member.OfDimension(_, Cube cube, _, _, Dimension dimension))) {
            return;
        }
        Optional<String> shift = selection.shift(member);
        if (shift.isPresent()) {
            TimeUnits.shifted(
                    sql, compilation.timezone(), shift.get(), () -> kept(sql, cube, dimension));
        } else {
            kept(sql, cube, dimension);
        }
    }

    private void kept(SqlWriter sql, Cube cube, Dimension dimension) {
        boolean plain = isPlain(dimension);
        sql.text(plain ? "" : "(");
        dimension(sql, cube, dimension);
        sql.text(plain ? "" : ")");
    }

    void dimension(SqlWriter sql, Cube cube, Dimension dimension) {
        String kept =
                rollup == null ? null : rollup.layout().sql(cube.name() + "." + dimension.name());
        if (kept != null) {
            sql.text(kept);
            return;
        }
        switch (dimension.expression()) {
            case Dimension.Sql(SqlTemplate template) -> row(sql, cube, template);
            case Dimension.Case branches -> cases(sql, cube, branches);
            case Dimension.Geo(SqlTemplate latitude, SqlTemplate longitude) -> {
                row(sql, cube, latitude);
                sql.text(" || ',' || ");
                row(sql, cube, longitude);
            }
            case Dimension.SubQuery _ ->
                    sql.quoted(new Needs.SubQuery(cube, dimension).alias()).text(".m0");
            case Dimension.Switch _ ->
                    throw new IllegalStateException("in no row: " + dimension.name());
        }
    }

    private void cases(SqlWriter sql, Cube cube, Dimension.Case branches) {
        sql.text("CASE");
        for (Dimension.When when : branches.whens()) {
            sql.text(" WHEN ");
            row(sql, cube, when.condition());
            sql.text(" THEN ");
            row(sql, cube, when.label());
        }
        SqlTemplate otherwise = branches.otherwise();
        if (otherwise != null) {
            sql.text(" ELSE ");
            row(sql, cube, otherwise);
        }
        sql.text(" END");
    }

    /** SQL over a row; refers to no measures. */
    void row(SqlWriter sql, Cube cube, SqlTemplate template) {
        template(sql, cube, template, MEASURES_REFUSED);
    }

    /** The condition, safe beside others. */
    void condition(SqlWriter sql, Cube cube, SqlTemplate template) {
        sql.text("(");
        row(sql, cube, template);
        sql.text(")");
    }

    void segment(SqlWriter sql, Cube cube, Segment segment) {
        String kept =
                rollup == null ? null : rollup.layout().sql(cube.name() + "." + segment.name());
        if (kept == null) {
            condition(sql, cube, segment.condition());
        } else {
            sql.text(kept);
        }
    }

    void conditions(SqlWriter sql, Cube cube, List<SqlTemplate> templates) {
        sql.each(templates, " AND ", template -> condition(sql, cube, template));
    }

    void template(SqlWriter sql, Cube cube, SqlTemplate template, MeasureWriter measures) {
        if (isColumn(template)) {
            sql.quoted(cube.name()).text(".");
        }
        parts(sql, cube, template, measures);
    }

    private void parts(SqlWriter sql, Cube cube, SqlTemplate template, MeasureWriter measures) {
        for (SqlTemplate.Part part : template.parts()) {
            switch (part) {
                case SqlTemplate.Text(String text) -> sql.text(text);
                case SqlTemplate.Reference reference ->
                        target(
                                sql,
                                names.resolve(cube, reference).orElseThrow(),
                                template.parts().size() == 1,
                                measures);
                case SqlTemplate.FilterGroup group ->
                        new TemplateFilters(compilation, selection).write(sql, group);
                case SqlTemplate.ContextFilter claim ->
                        TemplateFilters.write(sql, claim, compilation.viewer());
                case SqlTemplate.Relation(String other) -> {
                    Cube found = names.cube(other).orElseThrow();
                    // In parentheses of its own, also if it is the name of a table.
                    sql.text(found.table() ? "(SELECT * FROM " : "(");
                    parts(sql, found, found.relation(), measures);
                    sql.text(")");
                }
            }
        }
    }

    private void target(SqlWriter sql, Target target, boolean alone, MeasureWriter measures) {
        switch (target) {
            case ToCube(Cube cube) -> sql.quoted(cube.name());
            case ToDimension(Cube cube, Dimension dimension) -> {
                // What is put into a larger expression keeps together there.
                boolean open = !alone && !isPlain(dimension);
                sql.text(open ? "(" : "");
                dimension(sql, cube, dimension);
                sql.text(open ? ")" : "");
            }
            case ToMeasure(Cube cube, Measure measure) -> {
                boolean open = !alone && measure.type().isCalculated();
                sql.text(open ? "(" : "");
                measures.write(sql, cube, measure);
                sql.text(open ? ")" : "");
            }
            case ToSegment(Cube cube, var segment) -> condition(sql, cube, segment.condition());
        }
    }

    /** Whether the template is a mere column name, which belongs to the cube's own table. */
    static boolean isColumn(SqlTemplate template) {
        return template.parts().size() == 1
                && template.parts().getFirst() instanceof SqlTemplate.Text(String sql)
                && COLUMN.matcher(sql).matches();
    }

    /** Whether a dimension's SQL keeps together beside any operator. */
    static boolean isPlain(Dimension dimension) {
        return switch (dimension.expression()) {
            case Dimension.Sql(SqlTemplate template) -> isColumn(template) || isQualified(template);
            case Dimension.Case _, Dimension.SubQuery _, Dimension.Switch _ -> true;
            case Dimension.Geo _ -> false;
        };
    }

    private static boolean isQualified(SqlTemplate template) {
        return template.parts().size() == 2
                && template.parts().get(0) instanceof SqlTemplate.Reference
                && template.parts().get(1) instanceof SqlTemplate.Text(String sql)
                && sql.startsWith(".")
                && COLUMN.matcher(sql.substring(1)).matches();
    }
}
