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
import dev.millrace.contracts.project.cube.SqlTemplate;

import java.util.List;
import java.util.regex.Pattern;

/** Writes what members mean as SQL over the joined cubes. */
final class Expressions {

    private static final Pattern COLUMN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*|\"[^\"]+\"");

    private final CubeNames names;

    /** Writes a measure that an expression refers to. */
    @FunctionalInterface
    interface MeasureWriter {
        void write(SqlWriter sql, Cube cube, Measure measure);
    }

    Expressions(CubeNames names) {
        this.names = names;
    }

    /** The table or query of a cube, under the cube's name. */
    void relation(SqlWriter sql, Cube cube) {
        boolean table = cube.table();
        sql.text(table ? "" : "(");
        cube.relation().parts().stream()
                .filter(SqlTemplate.Text.class::isInstance)
                .forEach(part -> sql.text(((SqlTemplate.Text) part).sql()));
        sql.text(table ? " AS " : ") AS ").quoted(cube.name());
    }

    void dimension(SqlWriter sql, Cube cube, Dimension dimension) {
        switch (dimension.expression()) {
            case Dimension.Sql(SqlTemplate template) -> row(sql, cube, template);
            case Dimension.Case branches -> cases(sql, cube, branches);
            case Dimension.Geo(SqlTemplate latitude, SqlTemplate longitude) -> {
                row(sql, cube, latitude);
                sql.text(" || ',' || ");
                row(sql, cube, longitude);
            }
            case Dimension.SubQuery _ ->
                    throw QueryException.notOffered(
                            "The sub_query dimension '%s.%s'"
                                    .formatted(cube.name(), dimension.name()));
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
        template(
                sql,
                cube,
                template,
                (_, _, measure) -> {
                    throw new IllegalStateException("a measure in a row: " + measure.name());
                });
    }

    /** The condition, safe beside others. */
    void condition(SqlWriter sql, Cube cube, SqlTemplate template) {
        sql.text("(");
        row(sql, cube, template);
        sql.text(")");
    }

    void conditions(SqlWriter sql, Cube cube, List<SqlTemplate> templates) {
        sql.each(templates, " AND ", template -> condition(sql, cube, template));
    }

    void template(SqlWriter sql, Cube cube, SqlTemplate template, MeasureWriter measures) {
        if (isColumn(template)) {
            sql.quoted(cube.name()).text(".");
        }
        for (SqlTemplate.Part part : template.parts()) {
            switch (part) {
                case SqlTemplate.Text(String text) -> sql.text(text);
                case SqlTemplate.Reference reference ->
                        target(
                                sql,
                                names.resolve(cube, reference).orElseThrow(),
                                template.parts().size() == 1,
                                measures);
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
            case Dimension.Case _, Dimension.SubQuery _ -> true;
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
