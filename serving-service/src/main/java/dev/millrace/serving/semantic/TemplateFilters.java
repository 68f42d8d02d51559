package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.SqlTemplate;
import dev.millrace.contracts.project.cube.SqlTemplate.FilterParameter;
import dev.millrace.serving.semantic.Query.And;
import dev.millrace.serving.semantic.Query.Condition;
import dev.millrace.serving.semantic.Query.Filter;
import dev.millrace.serving.semantic.Query.Or;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes the parts of a model's SQL that depend on a query's filters, or on who asks. */
final class TemplateFilters {

    private static final String NO_LIMIT = "1 = 1";

    private final Compilation compilation;
    private final Selection selection;

    TemplateFilters(Compilation compilation, Selection selection) {
        this.compilation = compilation;
        this.selection = selection;
    }

    /** The filters of a query on the members of a group, and on nothing else. */
    void write(SqlWriter sql, SqlTemplate.FilterGroup group) {
        List<Runnable> conditions = new ArrayList<>();
        Conditions writer =
                new Conditions(
                        compilation.sight()::member,
                        sql,
                        compilation.timezone(),
                        member -> column(sql, group, member));
        for (Filter filter : selection.rows()) {
            part(group, filter).ifPresent(part -> conditions.add(() -> writer.write(part)));
        }
        for (Selection.Range range : selection.ranges()) {
            if (parameter(group, range.dimension()).isPresent()) {
                conditions.add(() -> writer.range(range));
            }
        }
        if (conditions.isEmpty()) {
            sql.text(NO_LIMIT);
        } else {
            sql.text("(").each(conditions, " AND ", Runnable::run).text(")");
        }
    }

    /** The part of a filter that has to be true in any case, and can be told from the members. */
    private Optional<Filter> part(SqlTemplate.FilterGroup group, Filter filter) {
        return switch (filter) {
            case And(List<Filter> all) -> {
                List<Filter> parts =
                        all.stream().flatMap(inner -> part(group, inner).stream()).toList();
                yield parts.isEmpty() ? Optional.empty() : Optional.of(new And(parts));
            }
            case Or(List<Filter> any) -> {
                List<Filter> parts =
                        any.stream().flatMap(inner -> part(group, inner).stream()).toList();
                yield parts.size() < any.size() || parts.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Or(parts));
            }
            case Condition condition ->
                    parameter(group, compilation.sight().member(condition.member()))
                            .map(_ -> condition);
        };
    }

    private static Optional<FilterParameter> parameter(
            SqlTemplate.FilterGroup group, Member member) {
        return member instanceof Member.OfDimension d
                ? group.members().stream()
                        .filter(p -> p.cube().equals(d.cube().name()))
                        .filter(p -> p.member().equals(d.dimension().name()))
                        .findFirst()
                : Optional.empty();
    }

    private void column(SqlWriter sql, SqlTemplate.FilterGroup group, Member member) {
        String column = "(" + parameter(group, member).orElseThrow().column() + ")";
        Optional<String> shift = selection.shift(member);
        if (shift.isPresent()) {
            TimeUnits.shifted(sql, compilation.timezone(), shift.get(), () -> sql.text(column));
        } else {
            sql.text(column);
        }
    }

    /** The condition that a column has what the viewer's token says. */
    static void write(SqlWriter sql, SqlTemplate.ContextFilter filter, Viewer viewer) {
        List<String> values = viewer.texts(filter.claim()).orElse(List.of());
        boolean there = viewer.claim(filter.claim()).isPresent();
        if (viewer.platform() || (!there && !filter.required())) {
            sql.text(NO_LIMIT);
            return;
        }
        if (values.isEmpty()) {
            throw QueryException.user(
                    "Filter for %s is required".formatted(String.join(".", filter.claim())));
        }
        sql.text("(" + filter.column() + ") IN (").each(values, ", ", sql::value).text(")");
    }
}
