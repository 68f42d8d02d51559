package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.CubeNames.ToDimension;
import dev.millrace.contracts.project.cube.CubeNames.ToMeasure;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.contracts.project.cube.MultiStage;
import dev.millrace.contracts.project.cube.SqlTemplate;
import dev.millrace.serving.semantic.Aggregates.Leaf;
import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.Selection.Form;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes a measure that is computed over what other measures came to: a first stage selects those,
 * by the query's keys and further ones, perhaps at another time; the second computes.
 */
final class StagedPart {

    private static final String STAGE = "\"$stage\"";

    private final Compilation compilation;
    private final QueryPlan plan;
    private final Cube cube;
    private final Measure measure;
    private final MultiStage stage;
    private final Map<String, String> columns = new HashMap<>();

    StagedPart(Compilation compilation, QueryPlan plan, Leaf leaf) {
        this.compilation = compilation;
        this.plan = plan;
        this.cube = leaf.cube();
        this.measure = leaf.measure();
        this.stage = Objects.requireNonNull(measure.stage());
    }

    void write(SqlWriter sql) {
        List<Column> keys = plan.keys();
        List<Column> first = new ArrayList<>(keys);
        addedKeys().filter(key -> !contains(keys, key)).forEach(first::add);
        for (int i = 0; i < first.size(); i++) {
            columns.putIfAbsent(path(first.get(i)), STAGE + ".d" + i);
        }
        int measures = 0;
        List<Column> selected = new ArrayList<>(first);
        for (Member.OfMeasure part : parts()) {
            columns.put(part.cube().name() + "." + part.measure().name(), STAGE + ".m" + measures);
            selected.add(new Column(part, null));
            measures++;
        }
        String by = String.join(", ", names(keys.size()));
        boolean fewer = stage.groupBy() != null || !stage.reduceBy().isEmpty();
        boolean whole = !stage.addGroupBy().isEmpty() || !measure.type().isCalculated();
        sql.text(fewer && whole ? "SELECT DISTINCT " : "SELECT ");
        names(keys.size()).forEach(name -> sql.text(name + ", "));
        value(sql);
        if (fewer || measure.type() == Measure.Type.RANK) {
            over(sql, keys);
        }
        sql.text(" AS m0 FROM (");
        Selection inner = plan.selection().showing(selected, Form.GROUPED);
        inner = inner.shifted(shifts(inner));
        new QueryWriter(compilation, QueryPlan.of(compilation, inner)).writeShort(sql);
        sql.text(") AS " + STAGE);
        if (!fewer && whole && !by.isEmpty()) {
            sql.text(" GROUP BY " + by);
        }
    }

    private static List<String> names(int keys) {
        return IntStream.range(0, keys).mapToObj(i -> "d" + i).toList();
    }

    /** The window of the rows that have the same in those keys that the measure is grouped by. */
    private void over(SqlWriter sql, List<Column> keys) {
        List<String> same = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            if (isGroupedBy(keys.get(i))) {
                same.add("d" + i);
            }
        }
        sql.text(" OVER (");
        sql.text(same.isEmpty() ? "" : "PARTITION BY " + String.join(", ", same));
        if (measure.type() == Measure.Type.RANK) {
            sql.text(" ORDER BY ")
                    .each(
                            stage.order(),
                            ", ",
                            rank -> {
                                expression(sql, rank.sql());
                                sql.text(rank.descending() ? " DESC NULLS LAST" : " ASC");
                            });
        }
        sql.text(")");
    }

    private boolean isGroupedBy(Column key) {
        List<String> groupBy = stage.groupBy();
        return groupBy == null ? !names(stage.reduceBy(), key) : names(groupBy, key);
    }

    private static boolean names(List<String> paths, Column key) {
        return paths.contains(path(key)) || paths.contains(path(key) + "." + key.granularity());
    }

    private static boolean contains(List<Column> keys, Column key) {
        return keys.stream()
                .anyMatch(
                        other ->
                                path(other).equals(path(key))
                                        && Objects.equals(other.granularity(), key.granularity()));
    }

    private static String path(Column column) {
        return column.member() instanceof Member.OfDimension d
                ? d.cube().name() + "." + d.dimension().name()
                : column.member().path();
    }

    private Stream<Column> addedKeys() {
        return stage.addGroupBy().stream()
                .map(
                        path -> {
                            String[] parts = path.split("\\.", -1);
                            Member member = compilation.model().member(parts[0] + "." + parts[1]);
                            return new Column(member, parts.length > 2 ? parts[2] : null);
                        });
    }

    private List<Member.OfMeasure> parts() {
        Map<String, Member.OfMeasure> parts = new LinkedHashMap<>();
        measure.templates()
                .flatMap(SqlTemplate::references)
                .flatMap(reference -> compilation.model().names().resolve(cube, reference).stream())
                .filter(ToMeasure.class::isInstance)
                .map(ToMeasure.class::cast)
                .forEach(
                        target -> {
                            String path = target.cube().name() + "." + target.measure().name();
                            parts.put(
                                    path,
                                    new Member.OfMeasure(
                                            path,
                                            target.cube(),
                                            List.of(target.cube().name()),
                                            true,
                                            target.measure()));
                        });
        return List.copyOf(parts.values());
    }

    /**
     * By how much each time dimension of the first stage is moved, with what it was moved before.
     */
    private Map<String, String> shifts(Selection inner) {
        Map<String, String> shifts = new HashMap<>(plan.selection().shifts());
        Stream<Member> members =
                Stream.of(
                                inner.keys().stream().map(Column::member),
                                inner.ranges().stream().map(Selection.Range::dimension),
                                inner.rows().stream()
                                        .flatMap(QueryResolver::conditions)
                                        .map(c -> compilation.sight().member(c.member())))
                        .flatMap(some -> some);
        List<String> times =
                members.filter(Member.OfDimension.class::isInstance)
                        .map(Member.OfDimension.class::cast)
                        .filter(d -> d.dimension().type() == Dimension.Type.TIME)
                        .map(d -> d.cube().name() + "." + d.dimension().name())
                        .distinct()
                        .toList();
        for (MultiStage.TimeShift shift : stage.shifts()) {
            @Nullable String only = shift.dimension();
            times.stream()
                    .filter(time -> only == null || only.equals(time))
                    .forEach(
                            time ->
                                    shifts.merge(
                                            time,
                                            shift.interval(),
                                            (one, more) -> one + "," + more));
        }
        return shifts;
    }

    private void value(SqlWriter sql) {
        SqlTemplate template = measure.sql();
        switch (measure.type()) {
            case RANK -> sql.text("rank()");
            case COUNT -> call(sql, "count(", template);
            case COUNT_DISTINCT, COUNT_DISTINCT_APPROX -> call(sql, "count(distinct ", template);
            case SUM -> call(sql, "sum(", template);
            case AVG -> call(sql, "avg(", template);
            case MIN -> call(sql, "min(", template);
            case MAX -> call(sql, "max(", template);
            case NUMBER, STRING, TIME, BOOLEAN -> expression(sql, Objects.requireNonNull(template));
        }
    }

    private void call(SqlWriter sql, String function, @Nullable SqlTemplate template) {
        sql.text(function);
        if (template == null) {
            sql.text("*");
        } else {
            expression(sql, template);
        }
        sql.text(")");
    }

    /** SQL over the columns of the first stage. */
    private void expression(SqlWriter sql, SqlTemplate template) {
        for (SqlTemplate.Part part : template.parts()) {
            switch (part) {
                case SqlTemplate.Text(String text) -> sql.text(text);
                case SqlTemplate.Reference reference -> sql.text(column(reference));
                case SqlTemplate.FilterGroup _,
                        SqlTemplate.ContextFilter _,
                        SqlTemplate.Relation _ ->
                        throw notInStage(part.toString());
            }
        }
    }

    private String column(SqlTemplate.Reference reference) {
        String path =
                switch (compilation.model().names().resolve(cube, reference).orElseThrow()) {
                    case ToMeasure(Cube c, Measure m) -> c.name() + "." + m.name();
                    case ToDimension(Cube c, Dimension d) -> c.name() + "." + d.name();
                    default -> "";
                };
        String column = columns.get(path);
        if (column == null) {
            throw notInStage(reference.toString());
        }
        return column;
    }

    private QueryException notInStage(String what) {
        return QueryException.user(
                "'%s.%s' is computed from what measures came to, and %s is none of them; name the dimension under 'add_group_by'"
                        .formatted(cube.name(), measure.name(), what));
    }
}
