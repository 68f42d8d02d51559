package dev.millrace.serving.semantic;

import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.Query.Filter;

import org.jspecify.annotations.Nullable;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one select is to show, of which rows.
 *
 * @param columns first those that rows are grouped by, then measures
 * @param rows filters on rows
 * @param groups filters on measures
 * @param ranges limits of time dimensions
 * @param rules what must be true of the rows that a viewer may see
 * @param shifts by how much each time dimension is moved, by cube and name
 */
record Selection(
        List<Column> columns,
        List<Filter> rows,
        List<Filter> groups,
        List<Member.OfSegment> segments,
        List<Range> ranges,
        List<Filter> rules,
        Form form,
        Map<String, String> shifts) {

    /** How rows become the rows of the result. */
    enum Form {
        /** One for each combination of keys. */
        GROUPED,
        /** Each as it is, with what its measures are for it alone. */
        UNGROUPED,
        /** Each as it is, with the values that its measures are taken over. */
        VALUES
    }

    /** A time dimension between two local times, both included; null where there is no limit. */
    record Range(
            Member.OfDimension dimension,
            @Nullable LocalDateTime from,
            @Nullable LocalDateTime to) {}

    Selection {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
        groups = List.copyOf(groups);
        segments = List.copyOf(segments);
        ranges = List.copyOf(ranges);
        rules = List.copyOf(rules);
        shifts = Map.copyOf(shifts);
    }

    /** The columns that rows are grouped by. */
    List<Column> keys() {
        return columns.stream().filter(column -> !column.isMeasure()).toList();
    }

    List<Member.OfMeasure> measures() {
        return columns.stream()
                .filter(Column::isMeasure)
                .map(column -> (Member.OfMeasure) column.member())
                .toList();
    }

    /** The range of a time dimension, if it has one. */
    Optional<Range> range(Member dimension) {
        return ranges.stream()
                .filter(r -> r.dimension().path().equals(dimension.path()))
                .findFirst();
    }

    /** By how much a dimension is moved. */
    Optional<String> shift(Member member) {
        return member instanceof Member.OfDimension d
                ? Optional.ofNullable(shifts.get(d.cube().name() + "." + d.dimension().name()))
                : Optional.empty();
    }

    /** The same rows, otherwise shown. */
    Selection showing(List<Column> others, Form otherForm) {
        return new Selection(others, rows, List.of(), segments, ranges, rules, otherForm, shifts);
    }

    Selection within(List<Range> others) {
        return new Selection(columns, rows, groups, segments, others, rules, form, shifts);
    }

    Selection shifted(Map<String, String> others) {
        return new Selection(columns, rows, groups, segments, ranges, rules, form, others);
    }

    Selection filtered(List<Filter> others) {
        return new Selection(columns, others, groups, segments, ranges, rules, form, shifts);
    }
}
