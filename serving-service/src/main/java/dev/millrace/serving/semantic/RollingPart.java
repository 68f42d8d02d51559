package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.contracts.project.cube.RollingWindow;
import dev.millrace.serving.semantic.Aggregates.Leaf;
import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.Selection.Form;
import dev.millrace.serving.semantic.Selection.Range;

import org.jspecify.annotations.Nullable;

import java.time.LocalDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes an aggregate over a window around each unit of time: for each unit of the query's range,
 * what lies in its window, added up from smaller units; or from single rows, where what is added up
 * would be another number. Without a granularity the query's range is the only unit.
 */
final class RollingPart {

    private static final String SERIES = "\"$series\"";
    private static final String BASE = "\"$base\"";

    private final Compilation compilation;
    private final QueryPlan plan;
    private final Leaf leaf;
    private final RollingWindow window;

    RollingPart(Compilation compilation, QueryPlan plan, Leaf leaf) {
        this.compilation = compilation;
        this.plan = plan;
        this.leaf = leaf;
        this.window = Objects.requireNonNull(leaf.measure().window());
    }

    void write(SqlWriter sql) {
        List<Column> times =
                plan.keys().stream().filter(column -> column.granularity() != null).toList();
        if (times.size() > 1) {
            throw QueryException.user(
                    "'%s' looks over a window of time, and the query has more than one time dimension with a granularity"
                            .formatted(leaf.path()));
        }
        if (times.isEmpty()) {
            whole(sql);
        } else {
            series(sql, times.getFirst());
        }
    }

    /** The query's range is the only point that there is a window around. */
    private void whole(SqlWriter sql) {
        List<Range> ranges = new ArrayList<>(plan.selection().ranges());
        if (!ranges.isEmpty()) {
            Range range = ranges.getFirst();
            LocalDateTime from = Objects.requireNonNull(range.from());
            LocalDateTime to = end(Objects.requireNonNull(range.to()));
            ranges.set(
                    0,
                    window.toDate() == null
                            ? limits(
                                    range,
                                    window.fromStart() ? from : to,
                                    window.fromStart() ? from : to)
                            : new Range(
                                    range.dimension(),
                                    TimeSeries.floor(from, window.toDate()),
                                    to));
        }
        inner(sql, plan.keys(), ranges, Form.GROUPED);
    }

    /** Times go on to the microsecond; a range that ends with a millisecond means all of it. */
    private static LocalDateTime end(LocalDateTime to) {
        return to.get(ChronoField.NANO_OF_SECOND) == 999_000_000 ? to.withNano(999_999_000) : to;
    }

    private void series(SqlWriter sql, Column time) {
        Member.OfDimension dimension = (Member.OfDimension) time.member();
        Optional<Range> range = plan.selection().range(dimension);
        if (range.isEmpty()) {
            throw QueryException.user("Time series queries without dateRange aren't supported");
        }
        TimeSeries series =
                TimeSeries.of(
                        dimension.dimension(),
                        Objects.requireNonNull(time.granularity()),
                        Objects.requireNonNull(range.get().from()),
                        Objects.requireNonNull(range.get().to()));
        if (compilation.origin() != null) {
            throw QueryException.user(
                    "'%s' looks over a window of time, which begins with the calendar's units; leave out the granularity"
                            .formatted(leaf.path()));
        }
        boolean added = isAdditive();
        List<Column> keys =
                plan.keys().stream()
                        .map(
                                key ->
                                        key.equals(time)
                                                ? new Column(
                                                        dimension,
                                                        added
                                                                ? series.common(window)
                                                                : TimeUnits.UNCUT)
                                                : key)
                        .toList();
        List<Range> ranges =
                plan.selection().ranges().stream()
                        .map(r -> r.equals(range.get()) ? around(r, series) : r)
                        .toList();
        int at = plan.keys().indexOf(time);
        sql.text("SELECT ");
        for (int i = 0; i < keys.size(); i++) {
            sql.text(i == 0 ? "" : ", ");
            sql.text((i == at ? SERIES + ".date_from" : BASE + ".d" + i) + " AS d" + i);
        }
        sql.text(", " + outer() + BASE + ".m0) AS m0 FROM ");
        series.write(sql, SERIES);
        sql.text(" LEFT JOIN (");
        inner(sql, keys, ranges, added ? Form.GROUPED : Form.VALUES);
        sql.text(") AS " + BASE + " ON ");
        inWindow(sql, BASE + ".d" + at);
        sql.text(" GROUP BY ");
        for (int i = 1; i <= keys.size(); i++) {
            sql.text(i == 1 ? "" : ", ").text("" + i);
        }
    }

    private boolean isAdditive() {
        return switch (leaf.measure().type()) {
            case COUNT, SUM, MIN, MAX -> true;
            default -> false;
        };
    }

    /** What makes the value of a window from those of its parts. */
    private String outer() {
        return switch (leaf.measure().type()) {
            case COUNT, SUM -> "sum(";
            case MIN -> "min(";
            case MAX -> "max(";
            case AVG -> "avg(";
            default -> "count(distinct ";
        };
    }

    private void inWindow(SqlWriter sql, String field) {
        String from = SERIES + ".date_from";
        String to = SERIES + ".date_to";
        if (window.toDate() != null) {
            sql.text(field + " >= date_trunc('" + window.toDate() + "', " + from + ")");
            sql.text(" AND " + field + " <= " + to);
            return;
        }
        String edge = window.fromStart() ? from : to;
        List<String> conditions = new ArrayList<>();
        if (!RollingWindow.UNBOUNDED.equals(window.trailing())) {
            String sign = window.fromStart() ? " >= " : " > ";
            conditions.add(field + sign + edge + moved(" - ", window.trailing()));
        }
        if (!RollingWindow.UNBOUNDED.equals(window.leading())) {
            String sign = window.fromStart() ? " < " : " <= ";
            conditions.add(field + sign + edge + moved(" + ", window.leading()));
        }
        sql.text(conditions.isEmpty() ? "true" : String.join(" AND ", conditions));
    }

    private static String moved(String sign, @Nullable String interval) {
        return interval == null ? "" : sign + TimeUnits.interval(interval);
    }

    /** The rows that can lie in any unit's window. */
    private Range around(Range range, TimeSeries series) {
        return window.toDate() == null
                ? limits(
                        range,
                        series.first(),
                        window.fromStart() ? series.last() : series.lastEnd())
                : new Range(
                        range.dimension(),
                        TimeSeries.floor(series.first(), window.toDate()),
                        series.lastEnd());
    }

    /** A window whose first unit has its edge at one time, and whose last at another. */
    private Range limits(Range range, LocalDateTime first, LocalDateTime last) {
        boolean since = RollingWindow.UNBOUNDED.equals(window.trailing());
        boolean until = RollingWindow.UNBOUNDED.equals(window.leading());
        LocalDateTime from = TimeSeries.plus(first, window.trailing(), -1);
        LocalDateTime to = TimeSeries.plus(last, window.leading(), 1);
        return new Range(
                range.dimension(),
                since ? null : window.fromStart() ? from : from.plus(1, ChronoUnit.MICROS),
                until ? null : window.fromStart() ? to.minus(1, ChronoUnit.MICROS) : to);
    }

    private void inner(SqlWriter sql, List<Column> keys, List<Range> ranges, Form form) {
        List<Column> columns = new ArrayList<>(keys);
        columns.add(new Column(withoutWindow(), null));
        Selection inner = plan.selection().showing(columns, form).within(ranges);
        new QueryWriter(compilation, QueryPlan.of(compilation, inner)).writeShort(sql);
    }

    private Member.OfMeasure withoutWindow() {
        Measure measure = leaf.measure();
        return new Member.OfMeasure(
                leaf.path(),
                leaf.cube(),
                List.of(leaf.cube().name()),
                true,
                Measure.plain(
                        measure.name(),
                        measure.position(),
                        measure.type(),
                        measure.sql(),
                        measure.filters(),
                        measure.about()));
    }
}
