package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Measure;
import dev.millrace.contracts.warehouse.RelationName;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A rollup as the table that keeps it: what it is made of, and where each member stands in it. The
 * table's name changes with what is in it, so that no query meets another's columns.
 *
 * @param id {@code cube.rollup}, with the time zone if it is not UTC's
 * @param sql the query whose rows it has, of no parameters
 * @param indexes columns of each
 * @param sources columns that are a mere column of the cube's table, with that one's name
 * @param staleness how old what it tells may be; null if it is to tell what the rows tell
 * @param layout where members stand
 */
public record RollupTable(
        String id,
        RelationName relation,
        String sql,
        List<List<String>> indexes,
        Map<String, String> sources,
        @Nullable Duration staleness,
        Layout layout) {

    /** What the table is called in queries. */
    static final String ALIAS = "$rollup";

    /**
     * The rows of a rollup as a query ranges over them.
     *
     * @param integers columns of whole numbers of eight bytes, whose sums PostgreSQL would make
     *     numbers of another type, which divide otherwise
     */
    record Rows(RollupTable table, Set<String> integers) {}

    /** Where members stand in a rollup. */
    public static final class Layout {

        private final JoinTree tree;
        private final Map<String, String> dimensions;
        private final Map<String, Cut> times;
        private final Map<String, Stored> measures;
        private final List<String> keys;

        /**
         * @param dimensions SQL of those that stand as they are, by cube and name
         * @param times those that stand only cut into units
         * @param measures aggregates
         * @param keys what its rows are told apart by, as keys of results by cube and name
         */
        Layout(
                JoinTree tree,
                Map<String, String> dimensions,
                Map<String, Cut> times,
                Map<String, Stored> measures,
                List<String> keys) {
            this.tree = tree;
            this.dimensions = Map.copyOf(dimensions);
            this.times = Map.copyOf(times);
            this.measures = Map.copyOf(measures);
            this.keys = List.copyOf(keys);
        }

        /** The joined cubes that its rows come from. */
        JoinTree tree() {
            return tree;
        }

        List<String> keys() {
            return keys;
        }

        boolean hasDimension(String path) {
            return dimensions.containsKey(path);
        }

        @Nullable Cut time(String path) {
            return times.get(path);
        }

        @Nullable Stored measure(String path) {
            return measures.get(path);
        }

        /**
         * SQL of the local time of a dimension that stands cut by the clocks of that zone; nothing
         * of others.
         */
        Optional<String> local(String path, ZoneId zone) {
            return Optional.ofNullable(dimensions.containsKey(path) ? null : times.get(path))
                    .filter(cut -> RollupTimes.isOf(cut, zone))
                    .map(Cut::local);
        }

        /** SQL for a dimension or segment by cube and name; null if it is not there. */
        @Nullable String sql(String path) {
            String asItIs = dimensions.get(path);
            Cut cut = times.get(path);
            return asItIs != null || cut == null ? asItIs : cut.sql();
        }
    }

    /**
     * A time dimension that stands as the beginning of its unit.
     *
     * @param zone in whose days units are
     * @param local SQL of that beginning, by the clocks of the zone
     */
    record Cut(String granularity, ZoneId zone, String local) {

        /** SQL of the moment. */
        String sql() {
            return "(" + local + " AT TIME ZONE '" + zone.getId() + "')";
        }
    }

    /**
     * An aggregate.
     *
     * @param column its value, or the sum that a mean comes from
     * @param count how many values a mean comes from; null for others
     */
    record Stored(Measure.Type type, String column, @Nullable String count) {

        /** Whether it can be computed from its values for parts of the rows. */
        boolean addsUp() {
            return switch (type) {
                case COUNT, SUM, MIN, MAX, AVG -> true;
                case COUNT_DISTINCT, COUNT_DISTINCT_APPROX, NUMBER, STRING, TIME, BOOLEAN, RANK ->
                        false;
            };
        }

        /** The aggregate over rows of the rollup. */
        void write(SqlWriter sql, Set<String> integers) {
            switch (type) {
                // Of no rows there are none, and not an unknown number.
                case COUNT -> call(sql.text("coalesce("), "sum(", column).text(", 0)::bigint");
                case SUM ->
                        call(sql, "sum(", column).text(integers.contains(column) ? "::bigint" : "");
                case MIN -> call(sql, "min(", column);
                case MAX -> call(sql, "max(", column);
                case AVG -> {
                    call(sql, "sum(", column).text(" / nullif(");
                    call(sql, "sum(", String.valueOf(count)).text(", 0)");
                }
                // There is one row in each group: what cannot be added up is asked for no other.
                case COUNT_DISTINCT, COUNT_DISTINCT_APPROX, NUMBER, STRING, TIME, BOOLEAN, RANK ->
                        call(sql.text("("), "array_agg(", column).text(")[1]");
            }
        }

        private static SqlWriter call(SqlWriter sql, String function, String column) {
            return sql.text(function).quoted(ALIAS).text(".").quoted(column).text(")");
        }
    }
}
